/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Maps in a map: rows have the keys of both. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

/* What a map in the map is like. */
struct counts {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __s32);
	__type(value, __u64);
} to_processes SEC(".maps"), to_groups SEC(".maps");

/// @sample {"interval": 1000}
/// 0: signals to processes, 1: to groups of them
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct counts);
} signals SEC(".maps") = { .values = { &to_processes, &to_groups } };

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	__s32 target = ctx->args[0];
	__u32 to_group = target < 0;
	__u64 one = 1, *n;
	void *counts = bpf_map_lookup_elem(&signals, &to_group);

	if (!counts)
		return 0;
	n = bpf_map_lookup_elem(counts, &target);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		bpf_map_update_elem(counts, &target, &one, BPF_ANY);
	return 0;
}

/// Counts the signals that processes and groups of processes are sent
char LICENSE[] SEC("license") = "Dual BSD/GPL";
