/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt/kernel.h"

/* Maps and their entries. */

enum { MAX_MAPS = 65536 };

/*
 * What keys and values are. Where they are descriptors, those of the guest are
 * put in place of ours on the way to the kernel, and a guest never names ours.
 */
enum {
	NOTHING, /* there are no entries, or they are not for guests */
	BYTES,
	MAPS,	    /* values: descriptors of maps */
	PROGRAMS,   /* of programs */
	FILES,	    /* of what the guest opened */
	BY_FILE,    /* such are the keys */
	DEVICES,    /* values: a number, and perhaps a program's descriptor */
	TO_BE_SEEN, /* what a guest has none of: it may look, and delete */
};

static const uint8_t holds[] = {
	[BPF_MAP_TYPE_HASH] = BYTES,
	[BPF_MAP_TYPE_ARRAY] = BYTES,
	[BPF_MAP_TYPE_PROG_ARRAY] = PROGRAMS,
	[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = NOTHING,
	[BPF_MAP_TYPE_PERCPU_HASH] = BYTES,
	[BPF_MAP_TYPE_PERCPU_ARRAY] = BYTES,
	[BPF_MAP_TYPE_STACK_TRACE] = BYTES,
	[BPF_MAP_TYPE_CGROUP_ARRAY] = FILES,
	[BPF_MAP_TYPE_LRU_HASH] = BYTES,
	[BPF_MAP_TYPE_LRU_PERCPU_HASH] = BYTES,
	[BPF_MAP_TYPE_LPM_TRIE] = BYTES,
	[BPF_MAP_TYPE_ARRAY_OF_MAPS] = MAPS,
	[BPF_MAP_TYPE_HASH_OF_MAPS] = MAPS,
	[BPF_MAP_TYPE_DEVMAP] = DEVICES,
	[BPF_MAP_TYPE_SOCKMAP] = TO_BE_SEEN,
	[BPF_MAP_TYPE_CPUMAP] = DEVICES,
	[BPF_MAP_TYPE_XSKMAP] = TO_BE_SEEN,
	[BPF_MAP_TYPE_SOCKHASH] = TO_BE_SEEN,
	[BPF_MAP_TYPE_CGROUP_STORAGE] = BYTES,
	[BPF_MAP_TYPE_REUSEPORT_SOCKARRAY] = TO_BE_SEEN,
	[BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE] = BYTES,
	[BPF_MAP_TYPE_QUEUE] = BYTES,
	[BPF_MAP_TYPE_STACK] = BYTES,
	[BPF_MAP_TYPE_SK_STORAGE] = NOTHING,
	[BPF_MAP_TYPE_DEVMAP_HASH] = DEVICES,
	[BPF_MAP_TYPE_STRUCT_OPS] = NOTHING,
	[BPF_MAP_TYPE_RINGBUF] = NOTHING,
	[BPF_MAP_TYPE_INODE_STORAGE] = BY_FILE,
	[BPF_MAP_TYPE_TASK_STORAGE] = NOTHING,
	[BPF_MAP_TYPE_BLOOM_FILTER] = BYTES,
	[EU_BPF_MAP_TYPE_CGRP_STORAGE] = BY_FILE,
};

/* A number of the guest's; NULL if there is nothing behind it. */
static struct eu_host_map *at(struct eu_wasm *w, uint32_t fd)
{
	struct eu_host_map *m;

	if (fd < EU_HOST_FIRST_FD || fd - EU_HOST_FIRST_FD >= w->n_maps)
		return NULL;
	m = &w->maps[fd - EU_HOST_FIRST_FD];
	return m->handle ? m : NULL;
}

struct eu_host_map *eu_host_map(struct eu_wasm *w, uint32_t fd)
{
	struct eu_host_map *m = at(w, fd);

	return m && m->map ? m : NULL;
}

void eu_host_maps_close(struct eu_wasm *w, uint64_t handle)
{
	for (size_t i = 0; i < w->n_maps; i++) {
		if (w->maps[i].handle != handle)
			continue;
		eu_host_buffer_free(w->maps[i].buffer);
		w->maps[i] = (struct eu_host_map){ 0 };
	}
}

bool eu_host_maps_busy(const struct eu_wasm *w, uint64_t handle)
{
	for (size_t i = 0; i < w->n_maps; i++) {
		if (w->maps[i].handle == handle &&
		    eu_host_buffer_busy(w->maps[i].buffer))
			return true;
	}
	return false;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* Guests do not know what libbpf puts before ".rodata". */
static struct bpf_map *find_map(const struct eu_program *p, const char *name)
{
	const char *section = strchr(name, '.');
	struct bpf_map *m;

	m = bpf_object__find_map_by_name(p->obj, name);
	if (m || !section)
		return m;
	bpf_object__for_each_map (m, p->obj) {
		if (bpf_map__is_internal(m) &&
		    ends_with(bpf_map__name(m), section))
			return m;
	}
	return NULL;
}

static bool is_percpu(enum bpf_map_type t)
{
	return t == BPF_MAP_TYPE_PERCPU_HASH || t == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       t == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       t == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

static int describe_map(struct eu_wasm *w, uint64_t handle,
			const struct bpf_map *m, struct eu_host_map *ret)
{
	uint32_t size = bpf_map__value_size(m);
	int n_cpus;

	*ret = (struct eu_host_map){ .handle = handle,
				     .fd = bpf_map__fd(m),
				     .map = m,
				     .type = bpf_map__type(m),
				     .key_size = bpf_map__key_size(m),
				     .value_size = size };
	if (ret->type < EU_COUNT(holds))
		ret->holds = holds[ret->type];
	if (!is_percpu(ret->type))
		return 0;
	n_cpus = eu_host_cpus(w);
	if (n_cpus < 0 ||
	    __builtin_mul_overflow((size + 7) / 8 * 8, (uint32_t)n_cpus,
				   &ret->value_size))
		return -E2BIG;
	return 0;
}

/* A place for one more; -ENOMEM, -E2BIG. */
static int new_place(struct eu_wasm *w, size_t *ret)
{
	size_t i = 0;
	int r;

	while (i < w->n_maps && w->maps[i].handle)
		i++;
	if (i == w->n_maps) {
		r = eu_array_grow(&w->maps, i, sizeof(*w->maps), MAX_MAPS);
		if (r)
			return r;
		w->maps[w->n_maps++] = (struct eu_host_map){ 0 };
	}
	*ret = i;
	return 0;
}

/* The object's map or program: the number that it has, or gets. */
static int number_of(struct eu_wasm *w, uint64_t handle,
		     const struct bpf_map *m, const struct bpf_program *prog)
{
	struct eu_host_map new;
	size_t i;
	int r = 0;

	for (i = 0; i < w->n_maps; i++) {
		if (w->maps[i].handle == handle && w->maps[i].map == m &&
		    w->maps[i].prog == prog)
			return EU_HOST_FIRST_FD + (int)i;
	}
	if (m)
		r = describe_map(w, handle, m, &new);
	else
		new = (struct eu_host_map){ .handle = handle,
					    .fd = bpf_program__fd(prog),
					    .prog = prog };
	if (!r)
		r = new_place(w, &i);
	if (r)
		return eu_host_answer(w, r);
	w->maps[i] = new;
	return EU_HOST_FIRST_FD + (int)i;
}

static int map_fd(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const char *name = eu_host_string(w, v[1]);
	struct bpf_map *m;

	if (!name)
		return eu_host_trap(err);
	m = o ? find_map(o->p, name) : NULL;
	if (!m || o->p->phase == EU_PHASE_OPEN)
		v[0] = eu_host_answer(w, m ? -EBUSY : -EINVAL);
	else
		v[0] = number_of(w, v[0], m, NULL);
	return 0;
}

static int program_fd(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const char *name = eu_host_string(w, v[1]);
	struct bpf_program *prog;

	if (!name)
		return eu_host_trap(err);
	prog = o ? eu_program_find(o->p, name) : NULL;
	if (!prog || o->p->phase == EU_PHASE_OPEN || bpf_program__fd(prog) < 0)
		v[0] = eu_host_answer(w, !o   ? -EINVAL :
					 prog ? -EBUSY :
						-ENOENT);
	else
		v[0] = number_of(w, v[0], NULL, prog);
	return 0;
}

/* What the kernel gets in place of the guest's. */
struct ours {
	uint32_t key, value[2];
};

/* The map is not for that; the words say so. */
static int refuse(struct eu_wasm *w, const struct eu_host_map *m, const char *what)
{
	struct eu_error why;

	eu_error_set(&why, -EOPNOTSUPP, "map '%s' (%s): %s",
		     bpf_map__name(m->map),
		     libbpf_bpf_map_type_str(m->type) ?: "unknown", what);
	return eu_host_fail(w, 1, &why);
}

/* A descriptor of what @kind of values stand for; negative: it has none. */
static int ours_for(struct eu_wasm *w, int kind, const void *theirs)
{
	const struct eu_host_map *m;
	uint32_t fd;

	memcpy(&fd, theirs, sizeof(fd));
	if (kind == FILES)
		return eu_host_file(w, fd);
	m = at(w, fd);
	return m && !m->map == (kind != MAPS) ? m->fd : -1;
}

/* Puts ours for the guest's descriptors in @key and, of updates, @value. */
static int translate(struct eu_wasm *w, const struct eu_host_map *m,
		     uint32_t cmd, void **key, void **value, struct ours *o)
{
	const bool updates = cmd == BPF_MAP_UPDATE_ELEM;
	const uint8_t kind = m->holds;
	int fd = 0;

	if (kind == NOTHING)
		return refuse(w, m, "has no entries for guests");
	if (kind == TO_BE_SEEN && updates)
		return refuse(w, m, "a guest has no descriptors for its values");
	if (kind == BY_FILE && cmd == BPF_MAP_GET_NEXT_KEY)
		return refuse(w, m, "its keys cannot be gone through");
	if (kind == BY_FILE) {
		fd = m->key_size == sizeof(o->key) ? ours_for(w, FILES, *key) :
						     -1;
		o->key = fd;
		*key = &o->key;
	} else if (updates && kind == DEVICES) {
		if (m->value_size != sizeof(o->value))
			return 0;
		memcpy(o->value, *value, sizeof(o->value));
		if ((int32_t)o->value[1] > 0)
			o->value[1] = fd = ours_for(w, PROGRAMS, &o->value[1]);
		*value = o->value;
	} else if (updates && kind != TO_BE_SEEN) {
		fd = m->value_size == sizeof(o->value[0]) ?
			     ours_for(w, kind, *value) :
			     -1;
		o->value[0] = fd;
		*value = o->value;
	}
	return fd < 0 ? eu_host_answer(w, -EBADF) : 0;
}

/* 0: keys and values of @m are bytes. */
static int expect_bytes(const struct eu_host_map *m)
{
	return m && m->holds == BYTES ? 0 : m ? -EOPNOTSUPP : -EBADF;
}

/* Both of its signatures: addresses of 64 bits are cut. */
static int operate(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const struct eu_host_map *m = eu_host_map(w, v[0]);
	const uint32_t cmd = v[1], key_at = v[2], value_at = v[3], next_at = v[4];
	const uint64_t flags = v[5];
	void *key, *value, *next;
	struct ours ours;
	int r = 0;

	if (cmd < BPF_MAP_LOOKUP_ELEM || cmd > BPF_MAP_GET_NEXT_KEY || !m) {
		v[0] = eu_host_answer(w, m ? -EINVAL : -EBADF);
		return 0;
	}
	key = eu_host_bytes(w, key_at, m->key_size);
	value = eu_host_bytes(w, value_at,
			      cmd <= BPF_MAP_UPDATE_ELEM ? m->value_size : 0);
	next = eu_host_bytes(w, next_at,
			     cmd == BPF_MAP_GET_NEXT_KEY ? m->key_size : 0);
	if (!key || !value || !next)
		return eu_host_trap(err);
	if (__builtin_expect(m->holds != BYTES, 0))
		r = translate(w, m, cmd, &key, &value, &ours);
	if (r) {
		v[0] = r;
		return 0;
	}
	/* A queue or a stack has none. */
	if (!m->key_size)
		key = NULL;
	switch (cmd) {
	case BPF_MAP_LOOKUP_ELEM:
		r = bpf_map_lookup_elem_flags(m->fd, key, value, flags);
		break;
	case BPF_MAP_UPDATE_ELEM:
		r = bpf_map_update_elem(m->fd, key, value, flags);
		break;
	case BPF_MAP_DELETE_ELEM:
		r = bpf_map_delete_elem_flags(m->fd, key, flags);
		break;
	case BPF_MAP_GET_NEXT_KEY:
		r = bpf_map_get_next_key(m->fd, key_at ? key : NULL, next);
		break;
	}
	v[0] = eu_host_answer(w, r);
	return 0;
}

static int lookup_and_delete(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const struct eu_host_map *m = eu_host_map(w, v[0]);
	void *key, *value;
	int r = expect_bytes(m);

	if (r) {
		v[0] = eu_host_answer(w, r);
		return 0;
	}
	key = eu_host_bytes(w, v[1], m->key_size);
	value = eu_host_bytes(w, v[2], m->value_size);
	if (!key || !value)
		return eu_host_trap(err);
	r = bpf_map_lookup_and_delete_elem_flags(m->fd, m->key_size ? key : NULL,
						 value, v[3]);
	v[0] = eu_host_answer(w, r);
	return 0;
}

/* The kernel's bpf_map_*_batch(), by command. */
static int run_batch(const struct eu_host_map *m, uint32_t cmd, void *in,
		     void *out, void *keys, void *values, uint32_t *count,
		     uint64_t flags)
{
	LIBBPF_OPTS(bpf_map_batch_opts, o, .elem_flags = flags);

	switch (cmd) {
	case BPF_MAP_LOOKUP_BATCH:
		return bpf_map_lookup_batch(m->fd, in, out, keys, values, count,
					    &o);
	case BPF_MAP_LOOKUP_AND_DELETE_BATCH:
		return bpf_map_lookup_and_delete_batch(m->fd, in, out, keys,
						       values, count, &o);
	case BPF_MAP_UPDATE_BATCH:
		return bpf_map_update_batch(m->fd, keys, values, count, &o);
	default: return bpf_map_delete_batch(m->fd, keys, count, &o);
	}
}

/* @n elements of @size bytes; NULL if they are not in the memory. */
static void *elements(struct eu_wasm *w, uint32_t at, uint32_t n, uint32_t size)
{
	uint32_t len;

	return __builtin_mul_overflow(n, size, &len) ? NULL :
						       eu_host_bytes(w, at, len);
}

static int batch(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const struct eu_host_map *m = eu_host_map(w, v[0]);
	const uint32_t cmd = v[1], in_at = v[2];
	const bool reads = cmd <= BPF_MAP_LOOKUP_AND_DELETE_BATCH;
	void *in, *out, *keys, *values, *count_at;
	uint32_t n, token;
	int r = cmd < BPF_MAP_LOOKUP_BATCH || cmd > BPF_MAP_DELETE_BATCH ?
			-EINVAL :
			expect_bytes(m);

	if (r) {
		v[0] = eu_host_answer(w, r);
		return 0;
	}
	count_at = eu_host_bytes(w, v[6], sizeof(n));
	if (!count_at)
		return eu_host_trap(err);
	memcpy(&n, count_at, sizeof(n));
	/* Hash tables have a number there, others a key. */
	token = eu_max(m->key_size, (uint32_t)sizeof(uint32_t));
	in = eu_host_bytes(w, in_at, reads && in_at ? token : 0);
	out = eu_host_bytes(w, v[3], reads ? token : 0);
	keys = elements(w, v[4], n, m->key_size);
	values = elements(w, v[5], n,
			  cmd == BPF_MAP_DELETE_BATCH ? 0 : m->value_size);
	if (!in || !out || !keys || !values)
		return eu_host_trap(err);
	r = run_batch(m, cmd, in_at ? in : NULL, out, keys, values, &n, v[7]);
	/* Also when it is over, or the room does not do. */
	memcpy(count_at, &n, sizeof(n));
	v[0] = eu_host_answer(w, r);
	return 0;
}

/* Of libbpf and of the section's own making, mapped where they lie. */
static int check_resizable(const struct eu_program *p, const struct bpf_map *m,
			   struct eu_error *err)
{
	enum { ARENA = 33 };
	int r = eu_program_expect(p, EU_PHASE_OPEN, err);

	if (!r && (bpf_map__is_internal(m) || (int)bpf_map__type(m) == ARENA))
		r = eu_error_set(err, -EINVAL,
				 "the number of entries of map '%s' is fixed",
				 bpf_map__name(m));
	return r;
}

static int max_entries(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const char *name = eu_host_string(w, v[1]);
	struct bpf_map *m;
	struct eu_error why;
	int r;

	if (!name)
		return eu_host_trap(err);
	m = o && !o->broken ? find_map(o->p, name) : NULL;
	if (!m) {
		v[0] = eu_host_answer(w, -EINVAL);
		return 0;
	}
	r = check_resizable(o->p, m, &why);
	if (r)
		v[0] = eu_host_fail(w, 1, &why);
	else
		v[0] = eu_host_answer(w, bpf_map__set_max_entries(m, v[2]));
	return 0;
}

static int info(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const struct eu_host_map *m = eu_host_map(w, v[0]);
	const uint32_t len = v[2];
	struct {
		uint32_t type, key_size, value_size, max_entries, flags;
		char name[16];
	} i = { 0 };
	void *to = eu_host_bytes(w, v[1], len);

	if (!to)
		return eu_host_trap(err);
	if (!m) {
		v[0] = eu_host_answer(w, -EBADF);
		return 0;
	}
	i.type = m->type;
	i.key_size = m->key_size;
	i.value_size = bpf_map__value_size(m->map);
	i.max_entries = bpf_map__max_entries(m->map);
	i.flags = bpf_map__map_flags(m->map);
	snprintf(i.name, sizeof(i.name), "%s", bpf_map__name(m->map));
	v[0] = eu_min(len, (uint32_t)sizeof(i));
	memcpy(to, &i, v[0]);
	return 0;
}

static const struct eu_import rows[] = {
	{ EU_WASM_BPF, "wasm_bpf_map_fd_by_name", "Ii:i", map_fd },
	{ EU_WASM_BPF, "wasm_bpf_map_operate", "iiiiiI:i", operate },
	{ EU_WASM_BPF, "wasm_bpf_map_operate", "iiIIII:i", operate },
	{ EU_EUNOMIA, "program_fd", "Ii:i", program_fd },
	{ EU_EUNOMIA, "map_info", "iii:i", info },
	{ EU_EUNOMIA, "map_lookup_and_delete", "iiiI:i", lookup_and_delete },
	{ EU_EUNOMIA, "map_batch", "iiiiiiiI:i", batch },
	{ EU_EUNOMIA, "map_max_entries", "Iii:i", max_entries },
};
const struct eu_host_calls eu_host_maps = { rows, EU_COUNT(rows) };
