// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "runqlat.h"

/// @brief Count how long tasks wait for a processor
char LICENSE[] SEC("license") = "GPL";

/// only tasks of the control group in cgroup_map
const volatile bool filter_cg = false;

/* A task, from when it may run until it has run. */
struct task {
	u64 since;  /* it waits; 0: it has a processor */
	u64 waited; /* before it got the processor that it has */
};

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(u32));
	__uint(max_entries, 1);
} cgroup_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, u32);
	__type(value, struct task);
} start SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct hist);
} hists SEC(".maps");

static const struct hist zero;

/* Before Linux 5.14 a task's state had another name. */
struct task_struct___before {
	long state;
} __attribute__((preserve_access_index));

static bool may_run(struct task_struct *task)
{
	struct task_struct___before *before = (void *)task;

	if (bpf_core_field_exists(task->__state))
		return !task->__state;
	return !before->state;
}

static int log2_of(u64 v)
{
	int n = 0;

	for (int step = 32; step; step /= 2) {
		if (v >> step) {
			v >>= step;
			n += step;
		}
	}
	return n;
}

static void count(u64 ns)
{
	u32 key = 0, slot = log2_of(ns / 1000);
	struct hist *h = bpf_map_lookup_elem(&hists, &key);

	if (!h) {
		/* The user space has taken it: begin a new one. */
		bpf_map_update_elem(&hists, &key, &zero, BPF_NOEXIST);
		h = bpf_map_lookup_elem(&hists, &key);
		if (!h)
			return;
	}
	if (slot >= SLOTS)
		slot = SLOTS - 1;
	__sync_fetch_and_add(&h->slots[slot], 1);
}

static int waits(u32 pid)
{
	struct task t = { .since = bpf_ktime_get_ns() };

	/* There are idle tasks of number 0, one for each processor. */
	if (pid)
		bpf_map_update_elem(&start, &pid, &t, BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct *p)
{
	return waits(p->pid);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(sched_wakeup_new, struct task_struct *p)
{
	return waits(p->pid);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct *prev,
	     struct task_struct *next)
{
	u32 pid = prev->pid;
	struct task *t = bpf_map_lookup_elem(&start, &pid);

	/*
	 * The kernel can be asked for the group of the task that runs, which is
	 * still @prev: what a task has waited counts when it has run.
	 */
	if (t && !t->since &&
	    (!filter_cg || bpf_current_task_under_cgroup(&cgroup_map, 0) == 1))
		count(t->waited);
	if (t)
		bpf_map_delete_elem(&start, &pid);
	if (may_run(prev)) /* others only go before it */
		waits(pid);
	pid = next->pid;
	t = bpf_map_lookup_elem(&start, &pid);
	if (t && t->since) {
		t->waited = bpf_ktime_get_ns() - t->since;
		t->since = 0;
	}
	return 0;
}
