/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/buffers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char flag[] = "__eunomia_has_ringbuf";

static bool has_scratch(const struct eu_program *p, const struct eu_map *m)
{
	eu_auto_free char *name = NULL;

	if (asprintf(&name, "%s_scratch", m->name) < 0)
		name = NULL;
	return name && bpf_object__find_map_by_name(p->obj, name);
}

static int to_perf(struct eu_program *p, struct eu_map *m)
{
	struct bpf_map *map = bpf_object__find_map_by_name(p->obj, m->name);
	int r;

	r = map ? bpf_map__set_type(map, BPF_MAP_TYPE_PERF_EVENT_ARRAY) : 0;
	if (!r && map)
		r = bpf_map__set_key_size(map, sizeof(int));
	if (!r && map)
		r = bpf_map__set_value_size(map, sizeof(int));
	if (!r && map) /* as many as there are CPUs */
		r = bpf_map__set_max_entries(map, 0);
	m->type = BPF_MAP_TYPE_PERF_EVENT_ARRAY;
	m->key_size = m->value_size = sizeof(int);
	return r;
}

int eu_buffers_pick(struct eu_program *p, struct eu_error *err)
{
	const struct eu_var *var = eu_package_var(p->pkg, flag);
	struct bpf_map *section;
	size_t size;
	char *bytes;
	int r = 0;

	if (!var || libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL))
		return 0;
	section = bpf_object__find_map_by_name(p->obj, var->section);
	bytes = section ? bpf_map__initial_value(section, &size) : NULL;
	if (!bytes || var->offset >= size)
		return 0;
	bytes[var->offset] = 0;
	for (size_t i = 0; i < p->pkg->n_maps && !r; i++) {
		struct eu_map *m = &p->pkg->maps[i];

		if (has_scratch(p, m) &&
		    (m->type == BPF_MAP_TYPE_RINGBUF ||
		     m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY))
			r = to_perf(p, m);
	}
	if (r)
		return eu_error_set(err, r, "cannot make a perf buffer: %s",
				    strerror(-r));
	eu_log(&p->log, 1, "perf buffers: this kernel has no ring buffers");
	return 0;
}
