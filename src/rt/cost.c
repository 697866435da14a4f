/* SPDX-License-Identifier: MIT */
#include "rt/cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "base/file.h"

/* "memlock:" of a descriptor's fdinfo: what the kernel charges for it. */
static int64_t memory_of(int fd)
{
	eu_auto_free char *text = NULL;
	const char *at;
	char path[64];
	size_t len;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (eu_file_read(path, 65536, &text, &len, NULL))
		return -1;
	at = strstr(text, "memlock:");
	return at ? strtoll(at + strlen("memlock:"), NULL, 10) : -1;
}

static json_t *cost_of_prog(const struct bpf_program *prog)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	json_t *j = json_object();

	eu_json_put_text(&j, "name", bpf_program__name(prog));
	eu_json_put_number(&j, "instructions", bpf_program__insn_cnt(prog));
	if (bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &len))
		return j;
	if (info.verified_insns)
		eu_json_put_number(&j, "verified", info.verified_insns);
	if (info.jited_prog_len)
		eu_json_put_number(&j, "jited", info.jited_prog_len);
	if (!info.run_cnt)
		return j;
	eu_json_put_number(&j, "runs", info.run_cnt);
	eu_json_put_number(&j, "run_time_ns", info.run_time_ns);
	eu_json_put_number(&j, "ns_per_run", info.run_time_ns / info.run_cnt);
	return j;
}

/* Maps of global variables are called by their section, as in the package. */
static const char *name_of(const struct bpf_map *m)
{
	const char *dot = strchr(bpf_map__name(m), '.');

	return bpf_map__is_internal(m) && dot ? dot : bpf_map__name(m);
}

/*
 * From 5.11 until 6.4 the kernel says what keys and values would take, which is
 * nothing for a ring buffer; then what it was asked to hold.
 */
static int64_t memory_of_map(const struct bpf_map *m)
{
	enum bpf_map_type type = bpf_map__type(m);
	int64_t bytes = memory_of(bpf_map__fd(m));

	if (bytes == 0 &&
	    (type == BPF_MAP_TYPE_RINGBUF || type == BPF_MAP_TYPE_USER_RINGBUF))
		return bpf_map__max_entries(m);
	return bytes;
}

static json_t *cost_of_map(const struct bpf_map *m)
{
	const char *type = libbpf_bpf_map_type_str(bpf_map__type(m));
	int64_t memory = memory_of_map(m);
	json_t *j = json_object();

	eu_json_put_text(&j, "name", name_of(m));
	if (type)
		eu_json_put_text(&j, "type", type);
	eu_json_put_number(&j, "max_entries", bpf_map__max_entries(m));
	if (memory >= 0)
		eu_json_put_number(&j, "memory", memory);
	return j;
}

json_t *eu_cost_json(const struct eu_program *p)
{
	json_t *j = json_object(), *progs = json_array(), *maps = json_array();
	const struct bpf_program *prog = NULL;
	const struct bpf_map *m = NULL;

	while ((prog = bpf_object__next_program(p->obj,
						(struct bpf_program *)prog)))
		if (bpf_program__fd(prog) >= 0)
			eu_json_add(&progs, cost_of_prog(prog));
	while ((m = bpf_object__next_map(p->obj, m)))
		if (bpf_map__fd(m) >= 0)
			eu_json_add(&maps, cost_of_map(m));
	eu_json_put(&j, "programs", progs);
	eu_json_put(&j, "maps", maps);
	return j;
}
