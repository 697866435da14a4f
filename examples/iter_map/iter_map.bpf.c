// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Count system calls by process and list the counts each second
/// @details One program fills the map, another walks over it.
char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, int);
	__type(value, u64);
} calls SEC(".maps");

/// count this system call only; -1: all
const volatile long number = -1;

SEC("raw_tp/sys_enter")
int count(struct bpf_raw_tracepoint_args *ctx)
{
	int pid = bpf_get_current_pid_tgid() >> 32;
	u64 one = 1, *n;

	if (number >= 0 && (long)ctx->args[1] != number)
		return 0;
	n = bpf_map_lookup_elem(&calls, &pid);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		bpf_map_update_elem(&calls, &pid, &one, BPF_NOEXIST);
	return 0;
}

/// @target map:calls,interval=1000
SEC("iter/bpf_map_elem")
int list(struct bpf_iter__bpf_map_elem *ctx)
{
	int *pid = ctx->key;
	u64 *n = ctx->value;

	if (pid && n)
		BPF_SEQ_PRINTF(ctx->meta->seq, "%d %llu\n", *pid, *n);
	return 0;
}
