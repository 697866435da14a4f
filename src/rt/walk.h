/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_WALK_H
#define EU_RT_WALK_H

/*
 * One round over the entries of a map. Each way to go over a map is one file
 * with a const struct eu_walk_ops; walk.c has the table of the kinds of maps
 * and which way each goes. A walk takes as much memory for ten million entries
 * as for ten, and may be left for a while between any two of them.
 *
 * Unless the map is kept, an entry is taken away (or set to zero, where there
 * is nothing to take away) when it has been handed out.
 */

#include "pkg/package.h"

struct eu_walk;

struct eu_walk_ops {
	/* Begins a round; the first or another one. */
	int (*begin)(struct eu_walk *w);
	/*
	 * The next entry: 1, 0 behind the last, or a negative errno. Key and
	 * value are the walk's until the next call; the value has
	 * eu_walk_stride() bytes for each of @cpus.
	 */
	int (*next)(struct eu_walk *w, const void **ret_key, char **ret_value);
	void (*done)(struct eu_walk *w);
};

/* A kind of map that can be walked over. */
struct eu_walk_kind {
	uint32_t type;
	const struct eu_walk_ops *ops;
	bool per_cpu;
	bool zeroed; /* entries are always there: clearing sets them to zero */
	bool two_steps;	 /* there is no lookup-and-delete */
	const char *key; /* what stands in the key's place; NULL: the key */
};

struct eu_walk {
	const struct eu_walk_kind *kind;
	const struct eu_walk_ops *ops;
	const struct eu_map *map; /* what it is; of inner maps: what those are */
	int fd;			  /* borrowed */
	uint32_t max_entries;
	bool keep;
	int cpus;      /* that have a value: 1 for most maps */
	size_t stride; /* bytes of the value of one */
	uint64_t seen; /* entries of this round */
	void *state;   /* of the way */
};

extern const struct eu_walk_ops eu_walk_keys, eu_walk_batch, eu_walk_queue,
	eu_walk_tasks, eu_walk_cgroups, eu_walk_inner;

/* Can it be sampled? -EINVAL and why not. */
int eu_walk_check(const struct eu_map *map, struct eu_error *err);

/* @map must outlive it. -EINVAL as above, -ENOMEM. */
int eu_walk_new(const struct eu_map *map, int fd, bool keep,
		struct eu_walk **ret, struct eu_error *err);
/* Accepts NULL. */
void eu_walk_free(struct eu_walk *w);

static inline int eu_walk_begin(struct eu_walk *w)
{
	w->seen = 0;
	return w->ops->begin(w);
}

static inline int eu_walk_next(struct eu_walk *w, const void **ret_key,
			       char **ret_value)
{
	return w->ops->next(w, ret_key, ret_value);
}

/* Goes another way, as this kernel lacks the one so far. */
int eu_walk_change(struct eu_walk *w, const struct eu_walk_ops *ops);

/* For the ways: bytes of an entry's whole value. */
static inline size_t eu_walk_value_size(const struct eu_walk *w)
{
	return w->stride * w->cpus;
}

static inline bool eu_is_zero(const char *p, size_t n)
{
	return !n || (!*p && !__builtin_memcmp(p, p + 1, n - 1));
}

/* The kind of a map by its type, or NULL. */
const struct eu_walk_kind *eu_walk_kind(uint32_t type);

#endif
