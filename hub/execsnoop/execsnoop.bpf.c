// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <eunomia/buffer.bpf.h>
#include "execsnoop.h"

/// @brief Show programs that are started, with their arguments
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/// only programs of this user, by number
const volatile unsigned int uid = -1;
/// also what could not be started
const volatile bool fails = false;

/*
 * An event is too large for a program's stack, so it is put together in a map.
 * Of a thread that others end by starting a program nothing is heard again:
 * what was used least makes room.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, struct event);
} calls SEC(".maps");

EU_BUFFER(events, struct event, 256 * 1024);

static const struct event empty;

/*
 * The verifier does not see that @at is below ARGS_SIZE. The compiler does, and
 * would leave out the '&' that shows it: barrier_var() has it know nothing.
 */
static void put(struct event *e, u32 at, char c)
{
	barrier_var(at);
	e->args[at & (ARGS_SIZE - 1)] = c;
}

/* The caller's memory: arguments are strings, found by a list of addresses. */
static void read_args(struct event *e, const char *const *argv)
{
	u32 size = 0;
	long n;

	for (int i = 0; i < MAX_ARGS; i++) {
		const char *arg = NULL;

		bpf_probe_read_user(&arg, sizeof(arg), &argv[i]);
		if (!arg || size > ARGS_SIZE - ARG_SIZE)
			break;
		n = bpf_probe_read_user_str(e->args + size, ARG_SIZE, arg);
		if (n <= 0 || n > ARG_SIZE)
			break;
		size += n;
		/* A space where the string's end was. */
		put(e, size - 1, ' ');
	}
	if (size)
		put(e, size - 1, '\0');
}

static int begin(const char *const *argv)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event *e;

	if (uid != -1 && uid != (u32)bpf_get_current_uid_gid())
		return 0;
	bpf_map_update_elem(&calls, &id, &empty, BPF_ANY);
	e = bpf_map_lookup_elem(&calls, &id);
	if (e)
		read_args(e, argv);
	return 0;
}

static int end(struct trace_event_raw_sys_exit *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 id = bpf_get_current_pid_tgid();
	struct event *e, *call = bpf_map_lookup_elem(&calls, &id);

	if (!call || (ctx->ret < 0 && !fails))
		goto out;
	e = eu_buffer_reserve(events);
	if (!e)
		goto out;
	__builtin_memcpy(e->args, call->args, sizeof(e->args));
	e->pid = id >> 32;
	e->ppid = BPF_CORE_READ(task, real_parent, tgid);
	e->uid = bpf_get_current_uid_gid();
	e->ret = ctx->ret;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	eu_buffer_submit(ctx, events, e);
out:
	bpf_map_delete_elem(&calls, &id);
	return 0;
}

SEC("tp/syscalls/sys_enter_execve")
int on_execve(struct trace_event_raw_sys_enter *ctx)
{
	return begin((const char *const *)ctx->args[1]);
}

SEC("tp/syscalls/sys_exit_execve")
int after_execve(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}

SEC("tp/syscalls/sys_enter_execveat")
int on_execveat(struct trace_event_raw_sys_enter *ctx)
{
	return begin((const char *const *)ctx->args[2]);
}

SEC("tp/syscalls/sys_exit_execveat")
int after_execveat(struct trace_event_raw_sys_exit *ctx)
{
	return end(ctx);
}
