/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Signals, counted with the threads that send them, and gone with those. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

struct count {
	__u64 times;
	__u32 last;
};

/// @sample {"interval": 1000}
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct count);
} tasks SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	struct count *c;

	c = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (c) {
		c->times++;
		c->last = ctx->args[1];
	}
	return 0;
}

/// Counts the signals that threads send
char LICENSE[] SEC("license") = "Dual BSD/GPL";
