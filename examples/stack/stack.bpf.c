/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* A stack, which is emptied from the top: the last signal is shown first. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

struct sent {
	int pid;
	int target;
	int signal;
};

/// @sample {"interval": 0}
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 1024);
	__type(value, struct sent);
} last SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	struct sent s = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.target = ctx->args[0],
		.signal = ctx->args[1],
	};

	/* The oldest makes room where there is none. */
	bpf_map_push_elem(&last, &s, BPF_EXIST);
	return 0;
}

/// Shows the last signals that were sent, the newest first
char LICENSE[] SEC("license") = "Dual BSD/GPL";
