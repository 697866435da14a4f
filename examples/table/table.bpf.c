/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Who sends most signals: a table that starts anew each second, of those ten
 * that come first.
 *
 *	ecli run package.json --head 3
 *	ecli run package.json --sort key
 */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

/// @sample {"interval": 1000, "sort": "-value", "top": 10}
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} signals SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 one = 1, *n = bpf_map_lookup_elem(&signals, &pid);

	/* Each processor has a number of its own; ecli adds them up. */
	if (n)
		++*n;
	else
		bpf_map_update_elem(&signals, &pid, &one, BPF_ANY);
	return 0;
}

/// Counts the signals that processes send
char LICENSE[] SEC("license") = "Dual BSD/GPL";
