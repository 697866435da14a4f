// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "sigsnoop.h"

/// @brief Show signals that processes send, and whether that worked
/// @details Signals of the kernel itself (Ctrl-C at a terminal, a broken pipe) are sent without a system call, and not seen here.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/// only signals that this process sends
const volatile unsigned int pid = 0;
/// only this signal, by its number
const volatile int sig = 0;
/// only what failed
const volatile bool failed = false;

/* A call from its beginning to its end, by its thread. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, u64);
	__type(value, struct event);
} calls SEC(".maps");

/* A perf buffer, which kernels have had since Linux 4.4. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(u32));
} events SEC(".maps");

static int begin(int tpid, int number)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event e = { .pid = id >> 32, .tpid = tpid, .sig = number };

	if ((pid && pid != e.pid) || (sig && sig != number))
		return 0;
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_map_update_elem(&calls, &id, &e, BPF_ANY);
	return 0;
}

static int end(struct trace_event_raw_sys_exit *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event *e = bpf_map_lookup_elem(&calls, &id);

	if (!e)
		return 0;
	e->ret = ctx->ret;
	if (!failed || e->ret < 0)
		bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, e,
				      sizeof(*e));
	bpf_map_delete_elem(&calls, &id);
	return 0;
}

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	return begin(ctx->args[0], ctx->args[1]);
}

SEC("tp/syscalls/sys_exit_kill")
int after_kill(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}

/* These two are for one thread: pthread_kill(), raise(), abort(). */
SEC("tp/syscalls/sys_enter_tkill")
int on_tkill(struct trace_event_raw_sys_enter *ctx)
{
	return begin(ctx->args[0], ctx->args[1]);
}

SEC("tp/syscalls/sys_exit_tkill")
int after_tkill(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}

SEC("tp/syscalls/sys_enter_tgkill")
int on_tgkill(struct trace_event_raw_sys_enter *ctx)
{
	return begin(ctx->args[1], ctx->args[2]);
}

SEC("tp/syscalls/sys_exit_tgkill")
int after_tgkill(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}
