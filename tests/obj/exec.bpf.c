/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Starts and ends of the children of one process. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct {
	int tgid;
	int exit_code;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct event {
	int pid;
	int ppid;
	unsigned int exit_code;
	char comm[16];
	unsigned char exit_event;
};

/* process whose children are shown */
const volatile int parent = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} rb SEC(".maps");

struct event *unused_event __attribute__((unused));

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static int show(unsigned char exit_event)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int ppid = BPF_CORE_READ(task, real_parent, tgid);
	unsigned long long id = bpf_get_current_pid_tgid();
	struct event *e;

	if (ppid != parent || id >> 32 != (id & 0xffffffff))
		return 0;
	e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);
	if (!e)
		return 0;
	e->pid = id >> 32;
	e->ppid = ppid;
	e->exit_code = exit_event ? BPF_CORE_READ(task, exit_code) >> 8 & 255 : 0;
	e->exit_event = exit_event;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("tp/sched/sched_process_exec")
int on_exec(void *ctx)
{
	return show(0);
}

SEC("tp/sched/sched_process_exit")
int on_exit(void *ctx)
{
	return show(1);
}
