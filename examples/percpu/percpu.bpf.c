/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * A number for each processor, listed; "sum", which is the default, adds them
 * up, as in the example table.
 */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

/// @sample {"interval": 1000, "cpus": "list"}
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} signals SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	__u32 signal = ctx->args[1];
	__u64 one = 1, *n = bpf_map_lookup_elem(&signals, &signal);

	if (n)
		++*n;
	else
		bpf_map_update_elem(&signals, &signal, &one, BPF_ANY);
	return 0;
}

/// Counts signals on each processor
char LICENSE[] SEC("license") = "Dual BSD/GPL";
