// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <eunomia/buffer.bpf.h>
#include "exitsnoop.h"

/// @brief Show processes that end, and how
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/// only those that failed: a code other than 0, or a signal
const volatile bool failed = false;
/// only those with this name
const volatile char name[16] = "";

EU_BUFFER(events, struct event, 256 * 1024);

static bool is_wanted(const char *comm)
{
	if (!name[0])
		return true;
	for (int i = 0; i < sizeof(name); i++) {
		if (comm[i] != name[i])
			return false;
		if (!name[i])
			break;
	}
	return true;
}

SEC("tp/sched/sched_process_exit")
int on_exit(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 id = bpf_get_current_pid_tgid();
	int status = BPF_CORE_READ(task, exit_code);
	char comm[16];
	struct event *e;

	/* The thread that a process began with stands for it. */
	if (id >> 32 != (u32)id)
		return 0;
	bpf_get_current_comm(comm, sizeof(comm));
	if ((failed && !status) || !is_wanted(comm))
		return 0;
	e = eu_buffer_reserve(events);
	if (!e)
		return 0;
	e->pid = id >> 32;
	e->ppid = BPF_CORE_READ(task, real_parent, tgid);
	/* As wait(2) puts the two into one number; 128 is for core dumps. */
	e->code = status >> 8 & 0xff;
	e->sig = status & 0x7f;
	e->age = bpf_ktime_get_ns() - BPF_CORE_READ(task, start_time);
	__builtin_memcpy(e->comm, comm, sizeof(e->comm));
	eu_buffer_submit(ctx, events, e);
	return 0;
}
