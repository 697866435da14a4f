/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/walk.h"

/*
 * Key by key: for the maps, and the kernels, that have no batches. The next
 * key is asked for before an entry goes, since the walk over a hash starts
 * again after a key that is gone. It does so too where the program takes away
 * that one; more entries than the map holds are not handed out then.
 */

struct keys {
	char *key, *next; /* halves of one allocation */
	char *value;
	bool any; /* @next is a key */
	bool two_steps;
};

static int ask(struct eu_walk *w, const char *after)
{
	struct keys *k = w->state;

	k->any = !bpf_map_get_next_key(w->fd, after, k->next);
	if (k->any || errno == ENOENT)
		return 0;
	return -errno;
}

static int keys_begin(struct eu_walk *w)
{
	size_t size = eu_max(w->map->key_size, (uint32_t)sizeof(int));
	struct keys *k = w->state;

	if (!k) {
		k = calloc(1, sizeof(*k));
		if (!k)
			return -ENOMEM;
		w->state = k;
		k->two_steps = w->kind->two_steps || w->kind->zeroed;
		k->key = calloc(2, size);
		k->value = calloc(1, eu_walk_value_size(w) ?: 1);
	}
	if (!k->key || !k->value)
		return -ENOMEM;
	k->next = k->key + size;
	return ask(w, NULL);
}

/* Reads an entry, and takes it away in the same step where that is possible. */
static int take(struct eu_walk *w)
{
	struct keys *k = w->state;
	int r;

	if (w->keep || k->two_steps)
		return bpf_map_lookup_elem(w->fd, k->key, k->value);
	r = bpf_map_lookup_and_delete_elem(w->fd, k->key, k->value);
	if (!r || errno == ENOENT)
		return r;
	/* Since Linux 5.14 for hash maps (3e87f192b405). */
	k->two_steps = true;
	return bpf_map_lookup_elem(w->fd, k->key, k->value);
}

/* The value that was read stays; arrays are overwritten with zeros. */
static void clear(struct eu_walk *w)
{
	struct keys *k = w->state;
	eu_auto_free char *zero = NULL;

	if (w->keep || !k->two_steps)
		return;
	if (!w->kind->zeroed) {
		bpf_map_delete_elem(w->fd, k->key);
		return;
	}
	zero = calloc(1, eu_walk_value_size(w) ?: 1);
	if (zero)
		bpf_map_update_elem(w->fd, k->key, zero, BPF_ANY);
}

static int keys_next(struct eu_walk *w, const void **ret_key, char **ret_value)
{
	struct keys *k = w->state;
	bool gone, zero;
	int r;

	while (k->any && w->seen++ < w->max_entries) {
		memcpy(k->key, k->next, w->map->key_size);
		r = ask(w, k->key);
		if (r)
			return r;
		/* Gone since the walk: nothing to show. */
		gone = take(w);
		if (gone)
			continue;
		zero = w->kind->zeroed && !w->keep &&
		       eu_is_zero(k->value, eu_walk_value_size(w));
		if (zero)
			continue;
		clear(w);
		*ret_key = k->key;
		*ret_value = k->value;
		return 1;
	}
	return 0;
}

static void keys_done(struct eu_walk *w)
{
	struct keys *k = w->state;

	if (!k)
		return;
	free(k->key);
	free(k->value);
	free(k);
}

const struct eu_walk_ops eu_walk_keys = {
	.begin = keys_begin,
	.next = keys_next,
	.done = keys_done,
};
