/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/walk.h"

/*
 * A map of maps: the entries of each inner map, the outer key in front of the
 * inner one. The outer map stays as it is; inner maps are emptied.
 */

struct inner {
	char *key; /* outer and inner */
	char *next;
	bool any; /* @next is an outer key */
	int fd;	  /* of the inner map at hand, or -1 */
	uint32_t outers;
	struct eu_walk *walk;
};

static int ask(struct eu_walk *w, const char *after)
{
	struct inner *n = w->state;

	n->any = !bpf_map_get_next_key(w->fd, after, n->next);
	if (n->any || errno == ENOENT)
		return 0;
	return -errno;
}

static void leave(struct inner *n)
{
	eu_walk_free(eu_take_ptr(n->walk));
	eu_close(eu_take_fd(n->fd));
}

static int inner_begin(struct eu_walk *w)
{
	struct inner *n = w->state;

	if (!n) {
		n = calloc(1, sizeof(*n));
		if (!n)
			return -ENOMEM;
		n->fd = -1;
		w->state = n;
		n->key = calloc(1, (size_t)w->map->key_size +
					   w->map->inner->key_size);
		n->next = calloc(1, w->map->key_size);
		if (!n->key || !n->next)
			return -ENOMEM;
	}
	leave(n);
	n->outers = 0;
	return ask(w, NULL);
}

/* Opens the inner map at the next outer key; 1 if there is none there. */
static int enter(struct eu_walk *w)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info), id;
	struct inner *n = w->state;
	int r;

	memcpy(n->key, n->next, w->map->key_size);
	r = ask(w, n->key);
	if (r)
		return r;
	if (bpf_map_lookup_elem(w->fd, n->key, &id))
		return 1;
	n->fd = bpf_map_get_fd_by_id(id);
	if (n->fd < 0)
		return errno == ENOENT ? 1 : -errno;
	r = eu_walk_new(w->map->inner, n->fd, w->keep, &n->walk, NULL);
	if (r)
		return r;
	/* The one thing in which it may differ from the definition. */
	if (!bpf_map_get_info_by_fd(n->fd, &info, &len))
		n->walk->max_entries = info.max_entries;
	return eu_walk_begin(n->walk);
}

static int inner_next(struct eu_walk *w, const void **ret_key, char **ret_value)
{
	struct inner *n = w->state;
	const void *key;
	int r;

	for (;;) {
		if (!n->walk) {
			if (!n->any || n->outers++ >= w->max_entries)
				return 0;
			r = enter(w);
			if (r < 0)
				return r;
			if (r)
				continue;
		}
		r = eu_walk_next(n->walk, &key, ret_value);
		if (r < 0)
			return r;
		if (!r) {
			leave(n);
			continue;
		}
		if (key)
			memcpy(n->key + w->map->key_size, key,
			       w->map->inner->key_size);
		*ret_key = n->key;
		return 1;
	}
}

static void inner_done(struct eu_walk *w)
{
	struct inner *n = w->state;

	if (!n)
		return;
	leave(n);
	free(n->key);
	free(n->next);
	free(n);
}

const struct eu_walk_ops eu_walk_inner = {
	.begin = inner_begin,
	.next = inner_next,
	.done = inner_done,
};
