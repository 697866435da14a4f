/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Maps whose keys or values are descriptors to those who set them. */
#include "fire.h"

/* enum bpf_map_type, since Linux 6.2 */
enum { BPF_MAP_TYPE_CGRP_STORAGE = 32 };

#define MAP(name, kind, value_type)                \
	struct {                                   \
		__uint(type, BPF_MAP_TYPE_##kind); \
		__uint(max_entries, 2);            \
		__type(key, u32);                  \
		__type(value, value_type);         \
	} name SEC(".maps")

#define STORAGE(name, kind)                           \
	struct {                                      \
		__uint(type, BPF_MAP_TYPE_##kind);    \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__type(key, int);                     \
		__type(value, u64);                   \
	} name SEC(".maps")

struct device {
	u32 number;
	int program;
};

MAP(groups, CGROUP_ARRAY, u32);
MAP(progs, PROG_ARRAY, u32);
MAP(socks, SOCKMAP, u64);
MAP(xsks, XSKMAP, u32);
MAP(devs, DEVMAP, struct device);
MAP(plain, DEVMAP_HASH, u32);
STORAGE(of_groups, CGRP_STORAGE);
STORAGE(of_tasks, TASK_STORAGE);

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, u32);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { &first } };

SEC("raw_tp/sched_process_exec") int inside(struct bpf_raw_tracepoint_args *ctx)
{
	return bpf_current_task_under_cgroup(&groups, 0);
}

SEC("xdp") int jump(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &progs, 1);
	return 40;
}

SEC("xdp") int landed(struct xdp_md *ctx)
{
	return 41;
}

SEC("xdp/devmap") int at_device(struct xdp_md *ctx)
{
	return XDP_PASS;
}

/* What the second entry's map holds. */
SEC("xdp") int of_outer(struct xdp_md *ctx)
{
	u32 one = 1, zero = 0, *value;
	void *map = bpf_map_lookup_elem(&outer, &one);

	value = map ? bpf_map_lookup_elem(map, &zero) : NULL;
	return value ? *value : -1;
}

SEC("cgroup_skb/egress") int on_egress(struct __sk_buff *skb)
{
	return 1;
}
