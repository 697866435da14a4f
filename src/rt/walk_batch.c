/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/walk.h"

/*
 * Many entries with one call, since Linux 5.6. A hash is read bucket by bucket,
 * each taken out under its lock: nothing that is counted meanwhile is lost or
 * seen twice. A batch must hold the fullest bucket; it grows until it does.
 */

enum {
	WANTED = 512 << 10, /* bytes of keys and values */
	FEWEST = 64,
	MOST = 64 << 20,
};

struct batch {
	char *keys, *values;
	char *token; /* where the kernel goes on */
	char *zero;  /* one value */
	uint32_t cap, n, at;
	bool begun, last;
};

static size_t entry_size(const struct eu_walk *w)
{
	return w->map->key_size + eu_walk_value_size(w);
}

static int make_room(struct eu_walk *w, size_t cap)
{
	struct batch *b = w->state;
	size_t bytes;

	if (__builtin_mul_overflow(cap, entry_size(w), &bytes) || bytes > MOST)
		return -E2BIG;
	free(b->keys);
	free(b->values);
	b->keys = malloc(cap * w->map->key_size);
	b->values = malloc(cap * eu_walk_value_size(w) ?: 1);
	b->cap = cap;
	return b->keys && b->values ? 0 : -ENOMEM;
}

static int batch_begin(struct eu_walk *w)
{
	struct batch *b = w->state;
	size_t cap = WANTED / (entry_size(w) ?: 1);
	int r;

	if (!b) {
		b = calloc(1, sizeof(*b));
		if (!b)
			return -ENOMEM;
		w->state = b;
		b->token = calloc(1, w->map->key_size + sizeof(uint64_t));
		b->zero = calloc(1, eu_walk_value_size(w) ?: 1);
		if (!b->token || !b->zero)
			return -ENOMEM;
		cap = eu_min(cap, (size_t)w->max_entries);
		r = make_room(w, eu_max(cap, (size_t)FEWEST));
		if (r)
			return r == -E2BIG ? eu_walk_change(w, &eu_walk_keys) : r;
	}
	b->begun = b->last = false;
	b->n = b->at = 0;
	return 0;
}

static int call(struct eu_walk *w, uint32_t *n)
{
	struct batch *b = w->state;
	void *from = b->begun ? b->token : NULL;
	int r;

	*n = b->cap;
	if (w->keep || w->kind->zeroed)
		r = bpf_map_lookup_batch(w->fd, from, b->token, b->keys,
					 b->values, n, NULL);
	else
		r = bpf_map_lookup_and_delete_batch(w->fd, from, b->token,
						    b->keys, b->values, n, NULL);
	return r ? -errno : 0;
}

/* The next batch; 1 if this kernel has none of this kind. */
static int fill(struct eu_walk *w)
{
	struct batch *b = w->state;
	uint32_t n;
	int r;

	for (;;) {
		r = call(w, &n);
		if (r != -ENOSPC)
			break;
		r = make_room(w, (size_t)b->cap * 2);
		if (r)
			return r;
	}
	if (r && r != -ENOENT)
		return b->begun ? r : 1;
	b->begun = true;
	b->last = r == -ENOENT;
	b->n = n;
	b->at = 0;
	return 0;
}

static int batch_next(struct eu_walk *w, const void **ret_key, char **ret_value)
{
	struct batch *b = w->state;
	size_t size = eu_walk_value_size(w);
	char *value;
	int r;

	for (;;) {
		while (b->at == b->n) {
			if (b->last)
				return 0;
			r = fill(w);
			if (r == 1)
				r = eu_walk_change(w, &eu_walk_keys) ?:
					    eu_walk_next(w, ret_key, ret_value);
			if (r || w->ops != &eu_walk_batch)
				return r;
		}
		*ret_key = b->keys + (size_t)b->at * w->map->key_size;
		value = b->values + size * b->at++;
		if (!w->kind->zeroed || w->keep)
			break;
		if (eu_is_zero(value, size))
			continue;
		bpf_map_update_elem(w->fd, *ret_key, b->zero, BPF_ANY);
		break;
	}
	*ret_value = value;
	return 1;
}

static void batch_done(struct eu_walk *w)
{
	struct batch *b = w->state;

	if (!b)
		return;
	free(b->keys);
	free(b->values);
	free(b->token);
	free(b->zero);
	free(b);
}

const struct eu_walk_ops eu_walk_batch = {
	.begin = batch_begin,
	.next = batch_next,
	.done = batch_done,
};
