/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>

#include <bpf/bpf.h>

#include "rt/cpus.h"
#include "pkg/types.h"
#include "rt/source.h"
#include "rt/walk.h"

/*
 * A map whose entries are read every interval, or once at the end, and taken
 * away unless the package keeps them.
 *
 * A round that takes long is gone on with at the next dispatch: the timer stays
 * unread, and so readable, until the round is over. Rounds that fall due
 * meanwhile are left out.
 */

enum {
	SLICE_NS = 10000000, /* of a dispatch, at most */
	LOOK_EVERY = 256,    /* entries between looks at the clock */
	MAX_PREFIX = 2 * UINT8_MAX,
};

struct sample {
	int timer;
	struct eu_walk *walk;
	bool active; /* in the middle of a round */
	bool last;   /* and that is the one at the end */
	bool over;
	/* Key and number of the processor, where those are listed. */
	char *listed;
	char prefix[MAX_PREFIX];
};

/* The definition that keys and values are of. */
static const struct eu_map *leaf(const struct eu_map *m)
{
	return m->inner ?: m;
}

static bool lists_cpus(const struct eu_source *s)
{
	const struct eu_walk_kind *k = eu_walk_kind(leaf(s->map)->type);

	return s->map->each_cpu && k && k->per_cpu;
}

static int key_of(struct eu_program *p, const struct eu_map *m,
		  struct eu_layout **ret, struct eu_error *err)
{
	if (m->key_type_id && p->pkg->btf)
		return eu_types_layout(p->pkg, m->key_type_id, ret, err);
	*ret = eu_layout_bytes(EU_STEP_BYTES, "data", m->key_size);
	return *ret ? 0 : eu_error_oom(err);
}

/* What stands in the place of a key, under its own name. */
static struct eu_layout *substitute(const char *name)
{
	bool pid = !strcmp(name, "pid"), prefix = !strcmp(name, "prefix");
	struct eu_layout *l = eu_layout_bytes(pid ? EU_STEP_UINT : EU_STEP_STRING,
					      name,
					      pid    ? sizeof(uint32_t) :
					      prefix ? MAX_PREFIX :
						       PATH_MAX);

	if (l)
		l->is_struct = true;
	return l;
}

int eu_source_sample_key(struct eu_source *s, struct eu_error *err)
{
	const struct eu_walk_kind *k = eu_walk_kind(s->map->type);
	struct eu_layout *inner = NULL;
	int r = 0;

	if (k->key && !*k->key)
		return 0;
	if (k->key)
		s->key = substitute(k->key);
	else
		r = key_of(s->program, s->map, &s->key, err);
	if (!r && s->map->inner) {
		r = key_of(s->program, s->map->inner, &inner, err);
		if (!r)
			s->key = eu_layout_join(s->key, "outer", inner, "key");
	}
	if (!r && lists_cpus(s))
		s->key = eu_layout_join(s->key, "key",
					eu_layout_bytes(EU_STEP_UINT, "cpu",
							sizeof(uint32_t)),
					"cpu");
	if (r)
		return eu_error_prefix(err, r, "map '%s'", s->map->name);
	return s->key ? 0 : eu_error_oom(err);
}

static int sample_open(struct eu_source *s, struct eu_error *err)
{
	uint32_t ms = s->map->interval_ms;
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
	r = eu_walk_new(s->map, s->map_fd, s->map->keep, &t->walk, err);
	if (r)
		return r;
	t->listed = calloc(1, s->key ? s->key->size : 1);
	if (!t->listed)
		return eu_error_oom(err);
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

/*
 * The key of a trie, struct bpf_lpm_trie_key, as "10.1.0.0/16": addresses by
 * their length, and all else in hexadecimal.
 */
static const char *put_prefix(struct sample *t, const char *key, size_t size)
{
	const unsigned char *data = (const void *)(key + sizeof(uint32_t));
	char *p = t->prefix, *end = p + sizeof(t->prefix);
	uint32_t bits;

	size -= sizeof(bits);
	memcpy(&bits, key, sizeof(bits));
	memset(t->prefix, 0, sizeof(t->prefix));
	if (size == sizeof(struct in_addr) || size == sizeof(struct in6_addr)) {
		inet_ntop(size == sizeof(struct in_addr) ? AF_INET : AF_INET6,
			  data, p, INET6_ADDRSTRLEN);
		p += strlen(p);
	} else {
		for (size_t i = 0; i < size && end - p > 16; i++)
			p += snprintf(p, end - p, "%02x", data[i]);
	}
	snprintf(p, end - p, "/%u", bits);
	return t->prefix;
}

static int give(struct eu_source *s, const void *key, const void *value)
{
	return eu_source_record(s, key, value, leaf(s->map)->value_size);
}

static int give_cpus(struct eu_source *s, const void *key, const char *value)
{
	const struct sample *t = s->state;
	size_t size = s->key->size - sizeof(uint32_t);
	int r = 0;

	memcpy(t->listed, key, size);
	for (int cpu = 0; cpu < t->walk->cpus && !r; cpu++) {
		const char *v = value + cpu * t->walk->stride;

		if (!s->map->keep && eu_is_zero(v, t->walk->stride))
			continue;
		memcpy(t->listed + size, &cpu, sizeof(cpu));
		r = give(s, t->listed, v);
	}
	return r;
}

static int give_entry(struct eu_source *s, const void *key, char *value)
{
	struct sample *t = s->state;
	bool prefix = s->map->type == BPF_MAP_TYPE_LPM_TRIE;

	if (prefix && !s->program->record)
		key = put_prefix(t, key, s->map->key_size);
	if (lists_cpus(s))
		return give_cpus(s, key, value);
	if (t->walk->cpus > 1)
		eu_cpus_sum(s->value, value, t->walk->stride, t->walk->cpus);
	return give(s, key, value);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A slice of a round: 1 if there is more of it. */
static int give_some(struct eu_source *s, struct eu_error *err)
{
	struct sample *t = s->state;
	uint64_t end = now_ns() + SLICE_NS;
	const void *key = NULL;
	char *value;
	int r;

	for (unsigned int n = 1;; n++) {
		r = eu_walk_next(t->walk, &key, &value);
		if (r < 0)
			return eu_error_set(err, r, "cannot read map '%s': %s",
					    s->map->name, strerror(-r));
		if (!r)
			return 0;
		r = give_entry(s, key, value);
		if (r)
			return r;
		if (!(n % LOOK_EVERY) && now_ns() >= end)
			return 1;
	}
}

static bool is_due(const struct sample *t)
{
	struct pollfd p = { .fd = t->timer, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static int begin_round(struct eu_source *s, struct eu_error *err)
{
	struct sample *t = s->state;
	int r = eu_walk_begin(t->walk);

	if (r)
		return eu_error_set(err, r, "cannot read map '%s': %s",
				    s->map->name, strerror(-r));
	t->active = true;
	t->last = eu_program_ending(s->program);
	return 0;
}

static void end_round(struct eu_source *s)
{
	struct sample *t = s->state;
	uint64_t ticks;

	t->active = false;
	t->over = t->last;
	eu_source_round(s);
	/* What came meanwhile is one round more, not several. */
	while (read(t->timer, &ticks, sizeof(ticks)) < 0 && errno == EINTR)
		;
}

static int sample_dispatch(struct eu_source *s, struct eu_error *err)
{
	struct sample *t = s->state;
	bool ending = eu_program_ending(s->program);
	int r = 0;

	if (t->over || (!t->active && !ending && !is_due(t)))
		return 0;
	if (!t->active)
		r = begin_round(s, err);
	if (!r)
		r = give_some(s, err);
	if (r < 0)
		return r;
	if (!r)
		end_round(s);
	if (ending && !t->over)
		s->program->unfinished = true;
	return 0;
}

static void sample_close(struct eu_source *s)
{
	struct sample *t = s->state;

	if (!t)
		return;
	eu_close(t->timer);
	eu_walk_free(t->walk);
	free(t->listed);
	free(t);
}

const struct eu_source_ops eu_source_sample = {
	.name = "sampled map",
	.open = sample_open,
	.fd = sample_fd,
	.dispatch = sample_dispatch,
	.close = sample_close,
};
