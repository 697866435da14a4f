// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "signals.h"

/// @brief Show signals that processes send with kill(2), and what came of it
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, struct event);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_enter(struct trace_event_raw_sys_enter *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event e = {
		.when = bpf_ktime_get_ns(),
		.uid = bpf_get_current_uid_gid(),
		.pid = id >> 32,
		.target = ctx->args[0],
		.sig = ctx->args[1],
	};

	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_map_update_elem(&calls, &id, &e, BPF_ANY);
	return 0;
}

SEC("tp/syscalls/sys_exit_kill")
int on_exit(struct trace_event_raw_sys_exit *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event *e = bpf_map_lookup_elem(&calls, &id);

	if (!e)
		return 0;
	e->took = bpf_ktime_get_ns() - e->when;
	e->ret = ctx->ret;
	bpf_ringbuf_output(&rb, e, sizeof(*e), 0);
	bpf_map_delete_elem(&calls, &id);
	return 0;
}
