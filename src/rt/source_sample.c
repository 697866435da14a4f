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
 *
 * Of arrays, whose entries are always there, those that are zero count as
 * removed. Of maps with a value for each CPU, numbers are added up; what is no
 * number comes from the first CPU that has any.
 */

enum { DEFAULT_INTERVAL = 1000, MAX_KEYS = 1 << 20, SPARE = 1024 };

/* The kinds of maps that can be read key by key. */
static const struct kind {
	enum bpf_map_type type;
	bool array, per_cpu;
} kinds[] = {
	{ BPF_MAP_TYPE_HASH },
	{ BPF_MAP_TYPE_LRU_HASH },
	{ BPF_MAP_TYPE_LPM_TRIE },
	{ BPF_MAP_TYPE_ARRAY, true },
	{ BPF_MAP_TYPE_PERCPU_HASH, false, true },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, false, true },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, true, true },
};

struct sample {
	int timer;
	char *keys; /* key_size bytes each */
	size_t n_keys, cap;
	char *value;   /* of all CPUs, the first one's is shown */
	size_t stride; /* bytes of the value of one CPU */
	int cpus;      /* that have one */
	const struct kind *kind;
	bool two_steps; /* the kernel has no lookup-and-delete */
};

static const struct kind *find_kind(uint32_t type)
{
	for (size_t i = 0; i < EU_COUNT(kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

static int make_room(struct sample *t, const struct eu_map *m)
{
	size_t bytes;

	t->cpus = t->kind->per_cpu ? libbpf_num_possible_cpus() : 1;
	if (t->cpus < 0)
		return t->cpus;
	t->stride = ((size_t)m->value_size + 7) & ~(size_t)7;
	if (__builtin_mul_overflow(t->stride, t->cpus, &bytes))
		return -E2BIG;
	t->value = calloc(1, bytes ?: 1);
	return t->value ? 0 : -ENOMEM;
}

static int sample_open(struct eu_source *s, struct eu_error *err)
{
	uint32_t ms = s->map->interval_ms ?: DEFAULT_INTERVAL;
	struct itimerspec every = {
		.it_interval = { ms / 1000, ms % 1000 * 1000000l },
		.it_value = { ms / 1000, ms % 1000 * 1000000l },
	};
	struct sample *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return eu_error_oom(err);
	s->state = t;
	s->lost_known = true;
	t->timer = -1;
	t->kind = find_kind(s->map->type);
	if (!t->kind)
		return eu_error_set(
			err, -EINVAL,
			"map '%s' cannot be sampled: it is a %s; hash, LRU and array maps can be",
			s->map->name,
			libbpf_bpf_map_type_str(s->map->type) ?:
				"map of a kind unknown here");
	r = make_room(t, s->map);
	if (r)
		return eu_error_set(err, r, "cannot sample map '%s': %s",
				    s->map->name, strerror(-r));
	t->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (t->timer < 0 || timerfd_settime(t->timer, 0, &every, NULL))
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

/* Reads an entry, and takes it away in the same step where that is asked for. */
static int take(struct eu_source *s, const char *key)
{
	struct sample *t = s->state;
	int r;

	if (s->map->keep || t->kind->array || t->two_steps)
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
	if (t->kind->array) {
		memset(t->value, 0, t->stride * t->cpus);
		bpf_map_update_elem(s->map_fd, key, t->value, BPF_ANY);
	} else if (t->two_steps) {
		bpf_map_delete_elem(s->map_fd, key);
	}
}

static bool is_zero(const char *p, size_t n)
{
	return !n || (!*p && !memcmp(p, p + 1, n - 1));
}

static void add_number(char *sum, const char *data, uint32_t size)
{
	uint64_t a = 0, b = 0;
	/* The lowest bytes; what they overflow into is cut off. */
	size_t skip = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 8 - size : 0;

	memcpy((char *)&a + skip, sum, size);
	memcpy((char *)&b + skip, data, size);
	a += b;
	memcpy(sum, (char *)&a + skip, size);
}

/* Adds the value of step @s at @data to that at @sum. */
static void add_value(const struct eu_layout *l, const struct eu_step *s,
		      char *sum, const char *data)
{
	const struct eu_step *e = &l->steps[s->child];

	switch (s->kind) {
	case EU_STEP_UINT:
	case EU_STEP_INT: add_number(sum, data, s->size); break;
	case EU_STEP_ARRAY:
		for (uint32_t i = 0; i < s->count; i++)
			add_value(l, e, sum + i * e->size, data + i * e->size);
		break;
	case EU_STEP_STRUCT:
		if (s->is_union)
			goto whole;
		for (uint32_t i = 0; i < s->count; i++)
			add_value(l, e + i, sum + e[i].offset,
				  data + e[i].offset);
		break;
	default:
	whole:
		if (is_zero(sum, s->size))
			memcpy(sum, data, s->size);
	}
}

static void add_cpus(struct eu_source *s)
{
	const struct eu_layout *l = s->value;
	struct sample *t = s->state;
	const char *data;

	if (l->size > t->stride)
		return;
	for (int cpu = 1; cpu < t->cpus; cpu++) {
		data = t->value + cpu * t->stride;
		for (uint32_t i = 0; i < l->n; i++)
			add_value(l, &l->steps[i], t->value + l->steps[i].offset,
				  data + l->steps[i].offset);
	}
}

static int sample_dispatch(struct eu_source *s, struct eu_error *err)
{
	struct sample *t = s->state;
	const char *key;
	uint64_t ticks;
	int r;

	if (read(t->timer, &ticks, sizeof(ticks)) != sizeof(ticks) &&
	    !s->program->draining)
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
		add_cpus(s);
		if (t->kind->array && !s->map->keep &&
		    is_zero(t->value, s->map->value_size))
			continue;
		r = eu_source_record(s, key, t->value, s->map->value_size);
		clear(s, key);
	}
	if (!s->program->record)
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
