// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show signals that processes send with kill(2)
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	int pid;
	int target;
	int signal;
	char comm[16];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.target = ctx->args[0],
		.signal = ctx->args[1],
	};

	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
