/* SPDX-License-Identifier: MIT */
#ifndef LIBBPF_WASM_MAP_H
#define LIBBPF_WASM_MAP_H

/* Maps: what they are, their entries by map instead of descriptor, batches. */

#ifdef __cplusplus
extern "C" {
#endif

/* Options as libbpf has them: LIBBPF_OPTS(bpf_map_batch_opts, opts, .flags = 1) */
#define LIBBPF_OPTS(TYPE, NAME, ...) \
	struct TYPE NAME = { .sz = sizeof(struct TYPE), __VA_ARGS__ }
#define DECLARE_LIBBPF_OPTS LIBBPF_OPTS

/*
 * What a map is: before it is loaded as the object says it, then as the kernel
 * has it. 0 where nobody knows.
 */
WASM_BPF_API struct bpf_map_facts wasm_bpf_map_facts(const struct bpf_map *map)
{
	struct bpf_map *m = (struct bpf_map *)map;
	struct eunomia_map_info info = { 0, 0, 0, 0, 0, { 0 } };

	if (m->wanted_entries)
		m->facts.max_entries = m->wanted_entries;
	if (m->facts.type && !m->obj_ptr)
		return m->facts;
	if (m->obj_ptr &&
	    eunomia_map_info(bpf_map__fd(m), &info, sizeof(info)) > 0) {
		m->facts.type = info.type;
		m->facts.key_size = info.key_size;
		m->facts.value_size = info.value_size;
		m->facts.max_entries = info.max_entries;
		m->facts.flags = info.flags;
	}
	return m->facts;
}

WASM_BPF_API enum bpf_map_type bpf_map__type(const struct bpf_map *map)
{
	return (enum bpf_map_type)wasm_bpf_map_facts(map).type;
}

WASM_BPF_API uint32_t bpf_map__key_size(const struct bpf_map *map)
{
	return wasm_bpf_map_facts(map).key_size;
}

/* Of per-CPU maps: of the value of one. */
WASM_BPF_API uint32_t bpf_map__value_size(const struct bpf_map *map)
{
	return wasm_bpf_map_facts(map).value_size;
}

WASM_BPF_API uint32_t bpf_map__max_entries(const struct bpf_map *map)
{
	return wasm_bpf_map_facts(map).max_entries;
}

WASM_BPF_API uint32_t bpf_map__map_flags(const struct bpf_map *map)
{
	return wasm_bpf_map_facts(map).flags;
}

/* Does it hold global variables? */
WASM_BPF_API bool bpf_map__is_internal(const struct bpf_map *map)
{
	return map->section || strchr(map->name, '.');
}

/* Opens the object, says what is different, and loads it: why not, too. */
WASM_BPF_API int wasm_bpf_load_by_steps(struct bpf_object *o)
{
	int r = 0;

	o->handle = eunomia_object_open(o->data, (uint32_t)o->data_sz);
	if (!o->handle)
		return -22;
	for (int i = 0; i < o->map_cnt && r >= 0; i++) {
		if (o->maps[i]->wanted_entries)
			r = eunomia_map_max_entries(o->handle, o->maps[i]->name,
						    o->maps[i]->wanted_entries);
	}
	return r < 0 ? r : eunomia_object_load(o->handle);
}

/* Before load. */
WASM_BPF_API int bpf_map__set_max_entries(struct bpf_map *map, uint32_t n)
{
	if (!map->object || map->object->loaded)
		return wasm_bpf_result(-16);
	if (map->object->handle)
		return wasm_bpf_result(eunomia_map_max_entries(
			map->object->handle, map->name, n));
	map->wanted_entries = n;
	map->object->load = wasm_bpf_load_by_steps;
	return 0;
}

/* The variables of a section, and how many bytes; NULL for other maps. */
WASM_BPF_API void *bpf_map__initial_value(const struct bpf_map *map, size_t *size)
{
	if (!map->section || !map->section_size)
		return NULL;
	*size = map->section_size;
	return map->section;
}

/* Before load. */
WASM_BPF_API int bpf_map__set_initial_value(struct bpf_map *map,
					    const void *data, size_t size)
{
	if (!map->object || map->object->loaded)
		return wasm_bpf_result(-16);
	if (!map->section || size != map->section_size)
		return wasm_bpf_result(-22);
	memcpy(map->section, data, size);
	return 0;
}

/* ---- entries */

/* Are the sizes those of the map? Values of all CPUs are in steps of eight. */
WASM_BPF_API bool wasm_bpf_fits(const struct bpf_map *map, size_t key_size,
				const size_t *value_size)
{
	struct bpf_map_facts f = map->facts;
	bool percpu;

	if (!f.type)
		f = wasm_bpf_map_facts(map);
	percpu = f.type == BPF_MAP_TYPE_PERCPU_HASH ||
		 f.type == BPF_MAP_TYPE_PERCPU_ARRAY ||
		 f.type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
		 f.type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
	if (key_size != f.key_size)
		return false;
	if (!value_size)
		return true;
	if (percpu)
		return *value_size ==
		       (size_t)(f.value_size + 7) / 8 * 8 * eunomia_cpu_count();
	return *value_size == f.value_size;
}

WASM_BPF_API int bpf_map__lookup_elem(const struct bpf_map *map, const void *key,
				      size_t key_sz, void *value,
				      size_t value_sz, uint64_t flags)
{
	if (!wasm_bpf_fits(map, key_sz, &value_sz))
		return wasm_bpf_errno(-22);
	return bpf_map_lookup_elem_flags(bpf_map__fd(map), key, value, flags);
}

WASM_BPF_API int bpf_map__update_elem(const struct bpf_map *map, const void *key,
				      size_t key_sz, const void *value,
				      size_t value_sz, uint64_t flags)
{
	if (!wasm_bpf_fits(map, key_sz, &value_sz))
		return wasm_bpf_errno(-22);
	return bpf_map_update_elem(bpf_map__fd(map), key, value, flags);
}

WASM_BPF_API int bpf_map__delete_elem(const struct bpf_map *map, const void *key,
				      size_t key_sz, uint64_t flags)
{
	if (!wasm_bpf_fits(map, key_sz, NULL))
		return wasm_bpf_errno(-22);
	return bpf_map_delete_elem_flags(bpf_map__fd(map), key, flags);
}

/* The first key for @cur_key NULL. */
WASM_BPF_API int bpf_map__get_next_key(const struct bpf_map *map,
				       const void *cur_key, void *next_key,
				       size_t key_sz)
{
	if (!wasm_bpf_fits(map, key_sz, NULL))
		return wasm_bpf_errno(-22);
	return bpf_map_get_next_key(bpf_map__fd(map), cur_key, next_key);
}

WASM_BPF_API int bpf_map_lookup_and_delete_elem_flags(int fd, const void *key,
						      void *value, uint64_t flags)
{
	return wasm_bpf_errno(
		eunomia_map_lookup_and_delete(fd, key, value, flags));
}

WASM_BPF_API int bpf_map_lookup_and_delete_elem(int fd, const void *key,
						void *value)
{
	return bpf_map_lookup_and_delete_elem_flags(fd, key, value, 0);
}

WASM_BPF_API int bpf_map__lookup_and_delete_elem(const struct bpf_map *map,
						 const void *key, size_t key_sz,
						 void *value, size_t value_sz,
						 uint64_t flags)
{
	if (!wasm_bpf_fits(map, key_sz, &value_sz))
		return wasm_bpf_errno(-22);
	return bpf_map_lookup_and_delete_elem_flags(bpf_map__fd(map), key,
						    value, flags);
}

/* ---- many at once; *@count: how many there is room for, then how many */

struct bpf_map_batch_opts {
	size_t sz;
	uint64_t elem_flags;
	uint64_t flags; /* has to be 0, as the kernel has none */
};

WASM_BPF_API int wasm_bpf_batch(int fd, int cmd, const void *in, void *out,
				void *keys, void *values, uint32_t *count,
				const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf_errno(
		opts && opts->flags ?
			-22 :
			eunomia_map_batch(fd, cmd, in, out, keys, values, count,
					  opts ? opts->elem_flags : 0));
}

/* @in_batch NULL: from the start; -2 with the last ones. */
WASM_BPF_API int bpf_map_lookup_batch(int fd, void *in_batch, void *out_batch,
				      void *keys, void *values, uint32_t *count,
				      const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf_batch(fd, BPF_MAP_LOOKUP_BATCH, in_batch, out_batch,
			      keys, values, count, opts);
}

WASM_BPF_API int bpf_map_lookup_and_delete_batch(
	int fd, void *in_batch, void *out_batch, void *keys, void *values,
	uint32_t *count, const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf_batch(fd, BPF_MAP_LOOKUP_AND_DELETE_BATCH, in_batch,
			      out_batch, keys, values, count, opts);
}

WASM_BPF_API int bpf_map_update_batch(int fd, const void *keys,
				      const void *values, uint32_t *count,
				      const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf_batch(fd, BPF_MAP_UPDATE_BATCH, NULL, NULL,
			      (void *)keys, (void *)values, count, opts);
}

WASM_BPF_API int bpf_map_delete_batch(int fd, const void *keys, uint32_t *count,
				      const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf_batch(fd, BPF_MAP_DELETE_BATCH, NULL, NULL,
			      (void *)keys, NULL, count, opts);
}

#ifdef __cplusplus
}
#endif

#endif
