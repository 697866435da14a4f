// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Go from one program into others by a table of programs
/// @details What is called so is loaded and attached nowhere, as its target says.
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	int signal;
	char by[8];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

static void show(struct trace_event_raw_sys_enter *ctx, const char *by)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.signal = ctx->args[1],
	};

	__builtin_memcpy(e.by, by, sizeof(e.by));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
}

/// @target none
SEC("tp/syscalls/sys_enter_kill")
int on_zero(struct trace_event_raw_sys_enter *ctx)
{
	show(ctx, "zero\0\0\0");
	return 0;
}

/// @target none
SEC("tp/syscalls/sys_enter_kill")
int on_one(struct trace_event_raw_sys_enter *ctx)
{
	show(ctx, "one\0\0\0\0");
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(u32));
	__array(values, int(void *));
} by_signal SEC(".maps") = {
	.values = {
		[0] = (void *)&on_zero,
		[1] = (void *)&on_one,
	},
};

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	bpf_tail_call(ctx, &by_signal, ctx->args[1]);
	/* There is none for this signal. */
	show(ctx, "other\0\0");
	return 0;
}
