/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Maps and their entries. */

enum { MAX_MAPS = 65536 };

struct eu_host_map *eu_host_map(struct eu_wasm *w, uint32_t fd)
{
	struct eu_host_map *m;

	if (fd < EU_HOST_FIRST_FD || fd - EU_HOST_FIRST_FD >= w->n_maps)
		return NULL;
	m = &w->maps[fd - EU_HOST_FIRST_FD];
	return m->handle ? m : NULL;
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

/*
 * Its keys and values are bytes. In other maps they are descriptors, of which
 * a guest must not name ours.
 */
static bool is_plain(enum bpf_map_type t)
{
	switch (t) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_LPM_TRIE:
	case BPF_MAP_TYPE_CGROUP_STORAGE:
	case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
	case BPF_MAP_TYPE_BLOOM_FILTER: return true;
	default: return false;
	}
}

static int describe_map(struct eu_wasm *w, uint64_t handle,
			const struct bpf_map *m, struct eu_host_map *ret)
{
	uint32_t size = bpf_map__value_size(m);

	*ret = (struct eu_host_map){ .handle = handle,
				     .fd = bpf_map__fd(m),
				     .type = bpf_map__type(m),
				     .key_size = bpf_map__key_size(m),
				     .value_size = size };
	ret->holds_maps = ret->type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
			  ret->type == BPF_MAP_TYPE_HASH_OF_MAPS;
	if (!is_percpu(ret->type))
		return 0;
	w->n_cpus = w->n_cpus ?: libbpf_num_possible_cpus();
	if (w->n_cpus < 0 ||
	    __builtin_mul_overflow((size + 7) / 8 * 8, (uint32_t)w->n_cpus,
				   &ret->value_size))
		return -E2BIG;
	return 0;
}

static int map_fd(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const char *name = eu_host_string(w, v[1]);
	uint64_t handle = v[0];
	struct bpf_map *m;
	size_t i = 0;
	int r = 0;

	if (!name)
		return eu_host_trap(err);
	m = o ? find_map(o->p, name) : NULL;
	v[0] = -EINVAL;
	if (!m)
		return 0;
	for (; i < w->n_maps; i++) {
		if (w->maps[i].handle == handle &&
		    w->maps[i].fd == bpf_map__fd(m)) {
			v[0] = EU_HOST_FIRST_FD + i;
			return 0;
		}
	}
	for (i = 0; i < w->n_maps && w->maps[i].handle; i++)
		;
	if (i == w->n_maps)
		r = eu_array_grow(&w->maps, i, sizeof(*w->maps), MAX_MAPS);
	if (!r)
		r = describe_map(w, handle, m, &w->maps[i]);
	if (!r)
		w->n_maps = eu_max(w->n_maps, i + 1);
	v[0] = r ?: EU_HOST_FIRST_FD + (int)i;
	return 0;
}

/* A value that is to hold a map: the guest's descriptor of it as ours. */
static int translate(struct eu_wasm *w, const struct eu_host_map *m,
		     const void *value, uint32_t *ret)
{
	const struct eu_host_map *inner;
	uint32_t fd;

	memcpy(&fd, value, sizeof(fd));
	inner = eu_host_map(w, fd);
	if (!m->holds_maps || !inner)
		return -EBADF;
	*ret = inner->fd;
	return 0;
}

static int update(struct eu_wasm *w, const struct eu_host_map *m,
		  const void *key, const void *value, uint64_t flags)
{
	uint32_t fd;
	int r;

	if (!m->holds_maps)
		return bpf_map_update_elem(m->fd, key, value, flags);
	r = translate(w, m, value, &fd);
	return r ? r : bpf_map_update_elem(m->fd, key, &fd, flags);
}

/* Both of its signatures: addresses of 64 bits are cut. */
static int operate(void *ctx, uint64_t *v, struct eu_error *err)
{
	enum { LOOKUP = 1, UPDATE, DELETE, GET_NEXT_KEY };
	struct eu_wasm *w = ctx;
	const struct eu_host_map *m = eu_host_map(w, v[0]);
	const uint32_t cmd = v[1], key_at = v[2], value_at = v[3], next_at = v[4];
	const uint64_t flags = v[5];
	void *key, *value, *next;
	int r = -EINVAL;

	if (cmd < LOOKUP || cmd > GET_NEXT_KEY) {
		v[0] = -EINVAL;
		return 0;
	}
	if (!m) {
		v[0] = -EBADF;
		return 0;
	}
	if (!is_plain(m->type) && !m->holds_maps) {
		v[0] = -EBADF;
		return 0;
	}
	key = eu_host_bytes(w, key_at, m->key_size);
	value = eu_host_bytes(w, value_at, cmd <= UPDATE ? m->value_size : 0);
	next = eu_host_bytes(w, next_at, cmd == GET_NEXT_KEY ? m->key_size : 0);
	if (!key || !value || !next)
		return eu_host_trap(err);
	/* A queue or a stack has none. */
	if (!m->key_size)
		key = NULL;
	switch (cmd) {
	case LOOKUP:
		r = bpf_map_lookup_elem_flags(m->fd, key, value, flags);
		break;
	case UPDATE: r = update(w, m, key, value, flags); break;
	case DELETE: r = bpf_map_delete_elem_flags(m->fd, key, flags); break;
	case GET_NEXT_KEY:
		r = bpf_map_get_next_key(m->fd, key_at ? key : NULL, next);
		break;
	}
	v[0] = r;
	return 0;
}

static const struct eu_import rows[] = {
	{ EU_WASM_BPF, "wasm_bpf_map_fd_by_name", "Ii:i", map_fd },
	{ EU_WASM_BPF, "wasm_bpf_map_operate", "iiiiiI:i", operate },
	{ EU_WASM_BPF, "wasm_bpf_map_operate", "iiIIII:i", operate },
};
const struct eu_host_calls eu_host_maps = { rows, EU_COUNT(rows) };
