/* SPDX-License-Identifier: MIT */
#include "rt/walk.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "rt/kernel.h"

static const struct eu_walk_kind kinds[] = {
	{ BPF_MAP_TYPE_HASH, &eu_walk_batch },
	{ BPF_MAP_TYPE_LRU_HASH, &eu_walk_batch },
	{ BPF_MAP_TYPE_PERCPU_HASH, &eu_walk_batch, .per_cpu = true },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, &eu_walk_batch, .per_cpu = true },
	{ BPF_MAP_TYPE_ARRAY, &eu_walk_batch, .zeroed = true },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, &eu_walk_batch, .per_cpu = true,
	  .zeroed = true },
	{ BPF_MAP_TYPE_LPM_TRIE, &eu_walk_keys, .two_steps = true,
	  .key = "prefix" },
	{ BPF_MAP_TYPE_QUEUE, &eu_walk_queue, .key = "" },
	{ BPF_MAP_TYPE_STACK, &eu_walk_queue, .key = "" },
	{ BPF_MAP_TYPE_CGROUP_STORAGE, &eu_walk_keys, .zeroed = true },
	{ BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, &eu_walk_keys, .per_cpu = true,
	  .zeroed = true },
	{ BPF_MAP_TYPE_TASK_STORAGE, &eu_walk_tasks, .two_steps = true,
	  .key = "pid" },
	{ EU_BPF_MAP_TYPE_CGRP_STORAGE, &eu_walk_cgroups, .two_steps = true,
	  .key = "cgroup" },
	{ BPF_MAP_TYPE_ARRAY_OF_MAPS, &eu_walk_inner },
	{ BPF_MAP_TYPE_HASH_OF_MAPS, &eu_walk_inner },
};

/* What to do about those that user space cannot go over. */
static const struct {
	uint32_t type;
	const char *hint;
} others[] = {
	{ BPF_MAP_TYPE_RINGBUF, "its records are shown without @sample" },
	{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, "its records are shown without @sample" },
	{ BPF_MAP_TYPE_SK_STORAGE,
	  "SEC(\"iter/bpf_sk_storage_map\") can walk over it" },
	{ BPF_MAP_TYPE_INODE_STORAGE,
	  "nobody can tell which inodes have one; use a hash of inode numbers" },
	{ BPF_MAP_TYPE_STACK_TRACE,
	  "sample the map that counts its ids, and they are shown as stacks" },
};

const struct eu_walk_kind *eu_walk_kind(uint32_t type)
{
	for (size_t i = 0; i < EU_COUNT(kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

static const char *type_name(uint32_t type)
{
	return libbpf_bpf_map_type_str(type) ?: "that is not known here";
}

static int refuse(const struct eu_map *m, struct eu_error *err)
{
	const char *hint = "hash, LRU and array maps can be";

	for (size_t i = 0; i < EU_COUNT(others); i++)
		if (others[i].type == m->type)
			hint = others[i].hint;
	return eu_error_set(err, -EINVAL,
			    "map '%s' cannot be sampled: it is of type %s; %s",
			    m->name, type_name(m->type), hint);
}

static int check_inner(const struct eu_map *m, struct eu_error *err)
{
	const struct eu_walk_kind *k;

	if (!m->inner)
		return eu_error_set(
			err, -EINVAL,
			"map '%s' cannot be sampled: what its inner maps are is not known; define it with __array(values, struct …)",
			m->name);
	k = eu_walk_kind(m->inner->type);
	if (k && k->ops != &eu_walk_inner)
		return 0;
	return eu_error_set(
		err, -EINVAL,
		"map '%s' cannot be sampled: its inner maps are of type %s",
		m->name, type_name(m->inner->type));
}

int eu_walk_check(const struct eu_map *m, struct eu_error *err)
{
	const struct eu_walk_kind *k = eu_walk_kind(m->type);

	if (!k)
		return refuse(m, err);
	if (k->ops == &eu_walk_inner)
		return check_inner(m, err);
	if (k->ops == &eu_walk_queue && m->keep)
		return eu_error_set(
			err, -EINVAL,
			"map '%s' cannot be sampled and kept: a %s is read by taking out; leave out \"clear_map\": false",
			m->name, type_name(m->type));
	return 0;
}

static int set_up(struct eu_walk *w)
{
	const struct eu_map *leaf = w->map->inner ?: w->map;

	w->cpus = eu_walk_kind(leaf->type)->per_cpu ? libbpf_num_possible_cpus() :
						      1;
	if (w->cpus < 0)
		return w->cpus;
	w->stride = ((size_t)leaf->value_size + 7) & ~(size_t)7;
	/* Storage of control groups has no limit. */
	w->max_entries = w->map->max_entries ?: UINT32_MAX;
	w->ops = w->kind->ops;
	return 0;
}

/*
 * The kernel writes keys and values as large as the map has them, whatever the
 * package or a map that was pinned under that name says.
 */
static int check_sizes(const struct eu_map *m, int fd, struct eu_error *err)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	int r = bpf_map_get_info_by_fd(fd, &info, &len);

	if (r)
		return eu_error_set(err, r, "cannot ask for map '%s': %s",
				    m->name, strerror(-r));
	if (info.key_size == m->key_size && info.value_size == m->value_size)
		return 0;
	return eu_error_set(
		err, -EINVAL,
		"map '%s' has keys of %u and values of %u bytes, and was to have %u and %u",
		m->name, info.key_size, info.value_size, m->key_size,
		m->value_size);
}

int eu_walk_new(const struct eu_map *map, int fd, bool keep,
		struct eu_walk **ret, struct eu_error *err)
{
	struct eu_walk *w;
	int r = eu_walk_check(map, err);

	if (!r)
		r = check_sizes(map, fd, err);
	if (r)
		return r;
	w = calloc(1, sizeof(*w));
	if (!w)
		return eu_error_oom(err);
	w->map = map;
	w->kind = eu_walk_kind(map->type);
	w->fd = fd;
	w->keep = keep;
	r = set_up(w);
	if (r) {
		free(w);
		return eu_error_set(err, r,
				    "cannot tell how many processors there are");
	}
	*ret = w;
	return 0;
}

void eu_walk_free(struct eu_walk *w)
{
	if (!w)
		return;
	w->ops->done(w);
	free(w);
}

int eu_walk_change(struct eu_walk *w, const struct eu_walk_ops *ops)
{
	w->ops->done(w);
	w->state = NULL;
	w->ops = ops;
	return ops->begin(w);
}
