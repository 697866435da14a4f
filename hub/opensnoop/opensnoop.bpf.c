// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <eunomia/buffer.bpf.h>
#include "opensnoop.h"

/// @brief Show files that processes open, and what came of it
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/// only this process
const volatile int pid = 0;
/// only what failed
const volatile bool failed = false;

/* The path's address, from the beginning of a thread's call to its end. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, u64);
	__type(value, u64);
} paths SEC(".maps");

EU_BUFFER(events, struct event, 256 * 1024);

static int begin(u64 path)
{
	u64 id = bpf_get_current_pid_tgid();

	if (!pid || pid == id >> 32)
		bpf_map_update_elem(&paths, &id, &path, BPF_ANY);
	return 0;
}

static int end(struct trace_event_raw_sys_exit *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	u64 *path = bpf_map_lookup_elem(&paths, &id);
	struct event *e;

	if (!path || (failed && ctx->ret >= 0))
		goto out;
	e = eu_buffer_reserve(events);
	if (!e)
		goto out;
	e->pid = id >> 32;
	e->uid = bpf_get_current_uid_gid();
	e->fd = ctx->ret < 0 ? -1 : ctx->ret;
	e->error = ctx->ret < 0 ? ctx->ret : 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	/* Only now: by the call itself it is in memory, if it is anywhere. */
	e->path[0] = '\0';
	bpf_probe_read_user_str(e->path, sizeof(e->path), (void *)*path);
	eu_buffer_submit(ctx, events, e);
out:
	bpf_map_delete_elem(&paths, &id);
	return 0;
}

/* Younger architectures have no open(): "?" leaves out what there is not. */
SEC("?tp/syscalls/sys_enter_open")
int on_open(struct trace_event_raw_sys_enter *ctx)
{
	return begin(ctx->args[0]);
}

SEC("?tp/syscalls/sys_exit_open")
int after_open(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}

SEC("tp/syscalls/sys_enter_openat")
int on_openat(struct trace_event_raw_sys_enter *ctx)
{
	return begin(ctx->args[1]);
}

SEC("tp/syscalls/sys_exit_openat")
int after_openat(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}

/* Since Linux 5.6. */
SEC("?tp/syscalls/sys_enter_openat2")
int on_openat2(struct trace_event_raw_sys_enter *ctx)
{
	return begin(ctx->args[1]);
}

SEC("?tp/syscalls/sys_exit_openat2")
int after_openat2(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}
