/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Events through a perf buffer, which older kernels have as well. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

/// @export
struct event {
	int pid;
	/// @format signal
	int signal;
	int target;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} events SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.signal = ctx->args[1],
		.target = ctx->args[0],
	};

	/* Each processor has a buffer of its own; losses are counted. */
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &e, sizeof(e));
	return 0;
}

/// Shows the signals that processes send, through a perf buffer
char LICENSE[] SEC("license") = "Dual BSD/GPL";
