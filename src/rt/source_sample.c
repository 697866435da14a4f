/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>

#include <bpf/bpf.h>

#include "rt/source.h"

/*
 * A map whose entries are read every interval, and removed unless the package
 * keeps them. Keys are collected before any is removed, since the walk over a
 * hash map starts again after a key that is gone.
 */

enum { DEFAULT_INTERVAL = 1000, MAX_KEYS = 1 << 20, SPARE = 1024 };

struct sample {
	int timer;
	char *keys;		/* key_size bytes each */
	size_t n_keys, cap;
	char *value;
	bool two_steps;		/* the kernel has no lookup-and-delete */
};

static int sample_open(struct eu_source *s, struct eu_error *err)
{
	uint32_t ms = s->map->interval_ms ?: DEFAULT_INTERVAL;
	struct itimerspec every = {
		.it_interval = { ms / 1000, ms % 1000 * 1000000l },
		.it_value = { ms / 1000, ms % 1000 * 1000000l },
	};
	struct sample *t = calloc(1, sizeof(*t));

	if (!t)
		return eu_error_oom(err);
	s->state = t;
	s->lost_known = true;
	t->value = calloc(1, s->map->value_size ?: 1);
	t->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (!t->value || t->timer < 0 ||
	    timerfd_settime(t->timer, 0, &every, NULL))
		return eu_error_set(err, -errno, "cannot sample map '%s': %s",
				    s->map->name, strerror(errno));
	return 0;
}

static int sample_fd(const struct eu_source *s)
{
	const struct sample *t = s->state;

	return t->timer;
}

static int more_keys(struct sample *t, size_t key_size)
{
	size_t cap = t->cap * 2 + SPARE, bytes;
	char *p;

	if (__builtin_mul_overflow(cap, key_size, &bytes) || cap > MAX_KEYS * 4)
		return -E2BIG;
	p = realloc(t->keys, bytes);
	if (!p)
		return -ENOMEM;
	t->keys = p;
	t->cap = cap;
	return 0;
}

/*
 * A map under writing may show a key twice or never end: more keys than the
 * map holds are not asked for.
 */
static int collect_keys(struct eu_source *s)
{
	struct sample *t = s->state;
	size_t size = s->map->key_size, most = s->map->max_entries;
	char *last = NULL;

	for (t->n_keys = 0; t->n_keys < most; t->n_keys++) {
		if (t->n_keys == t->cap && more_keys(t, size))
			return -ENOMEM;
		last = t->n_keys ? t->keys + (t->n_keys - 1) * size : NULL;
		if (bpf_map_get_next_key(s->map_fd, last,
					 t->keys + t->n_keys * size))
			return errno == ENOENT ? 0 : -errno;
	}
	return 0;
}

static bool is_array(const struct eu_map *m)
{
	return m->type == BPF_MAP_TYPE_ARRAY;
}

/* Reads an entry, and takes it away in the same step where that is asked for. */
static int take(struct eu_source *s, const char *key)
{
	struct sample *t = s->state;
	int r;

	if (s->map->keep || is_array(s->map) || t->two_steps)
		return bpf_map_lookup_elem(s->map_fd, key, t->value);
	r = bpf_map_lookup_and_delete_elem(s->map_fd, key, t->value);
	if (!r || errno == ENOENT)
		return r;
	/* Since Linux 5.14 for hash maps (3e87f192b405). */
	t->two_steps = true;
	return bpf_map_lookup_elem(s->map_fd, key, t->value);
}

static void clear(struct eu_source *s, const char *key)
{
	struct sample *t = s->state;

	if (s->map->keep)
		return;
	if (is_array(s->map)) {
		memset(t->value, 0, s->map->value_size);
		bpf_map_update_elem(s->map_fd, key, t->value, BPF_ANY);
	} else if (t->two_steps) {
		bpf_map_delete_elem(s->map_fd, key);
	}
}

static int sample_dispatch(struct eu_source *s, struct eu_error *err)
{
	struct sample *t = s->state;
	const char *key;
	uint64_t ticks;
	int r;

	if (read(t->timer, &ticks, sizeof(ticks)) != sizeof(ticks))
		return 0;
	r = collect_keys(s);
	if (r)
		return eu_error_set(err, r, "cannot read map '%s': %s",
				    s->map->name, strerror(-r));
	for (size_t i = 0; i < t->n_keys && !r; i++) {
		key = t->keys + i * s->map->key_size;
		/* Gone since the walk: nothing to show. */
		if (take(s, key))
			continue;
		r = eu_source_record(s, key, t->value, s->map->value_size);
		clear(s, key);
	}
	eu_sink_round(&s->program->sink, &s->stream);
	return r;
}

static void sample_close(struct eu_source *s)
{
	struct sample *t = s->state;

	if (!t)
		return;
	eu_close(t->timer);
	free(t->keys);
	free(t->value);
	free(t);
}

const struct eu_source_ops eu_source_sample = {
	.name = "sampled map",
	.open = sample_open,
	.fd = sample_fd,
	.dispatch = sample_dispatch,
	.close = sample_close,
};
