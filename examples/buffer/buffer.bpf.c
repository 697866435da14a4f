/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* A ring buffer where the kernel has one (Linux 5.8), else a perf buffer. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>
#include <eunomia/buffer.bpf.h>

/// @export
struct event {
	int pid;
	int target;
};

EU_BUFFER(events, struct event, 64 * 1024);

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	struct event *e = eu_buffer_reserve(events);

	if (!e)
		return 0;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->target = ctx->args[0];
	eu_buffer_submit(ctx, events, e);
	return 0;
}

/// Shows the signals that processes send, on old and new kernels
char LICENSE[] SEC("license") = "Dual BSD/GPL";
