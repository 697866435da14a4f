// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "opensnoop.h"

/// @brief Show files that processes open, and what came of it
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/// this process only
const volatile int targ_pid = 0;
/// only what failed
const volatile bool targ_failed = false;

/* The path's address, from the beginning of a thread's call to its end. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, u32);
	__type(value, u64);
} start SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(u32));
} events SEC(".maps");

static int begin(u64 path)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 thread = id;

	if (!targ_pid || targ_pid == id >> 32)
		bpf_map_update_elem(&start, &thread, &path, BPF_ANY);
	return 0;
}

static int end(struct trace_event_raw_sys_exit *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 thread = id;
	struct event e = { .pid = id >> 32, .result = ctx->ret };
	u64 *path = bpf_map_lookup_elem(&start, &thread);

	if (!path)
		return 0;
	if (!targ_failed || e.result < 0) {
		bpf_get_current_comm(e.comm, sizeof(e.comm));
		/* Only now: the call itself has made sure that it is there. */
		bpf_probe_read_user_str(e.path, sizeof(e.path), (void *)*path);
		bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &e,
				      sizeof(e));
	}
	bpf_map_delete_elem(&start, &thread);
	return 0;
}

#ifdef __TARGET_ARCH_x86 /* younger architectures have openat() alone */
SEC("tracepoint/syscalls/sys_enter_open")
int on_open(struct trace_event_raw_sys_enter *ctx)
{
	return begin(ctx->args[0]);
}

SEC("tracepoint/syscalls/sys_exit_open")
int after_open(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}
#endif

SEC("tracepoint/syscalls/sys_enter_openat")
int on_openat(struct trace_event_raw_sys_enter *ctx)
{
	return begin(ctx->args[1]);
}

SEC("tracepoint/syscalls/sys_exit_openat")
int after_openat(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}
