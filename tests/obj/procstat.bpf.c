/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What a task has used when it is switched out. As printed programs do, it
 * reads struct mm_rss_stat, which is there up to Linux 6.1 only, and attaches
 * to a function that mostly has but a clone.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "procstat.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile int only = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} rb SEC(".maps");

struct event *unused_event __attribute__((unused));

static long pages(struct mm_struct *mm, int which)
{
	struct mm_rss_stat rss = BPF_CORE_READ(mm, rss_stat);

	return rss.count[which].counter;
}

SEC("kprobe/finish_task_switch")
int BPF_KPROBE(switched, struct task_struct *prev)
{
	struct mm_struct *mm = BPF_CORE_READ(prev, mm);
	pid_t pid = BPF_CORE_READ(prev, pid);
	struct event *e;

	if (!mm || (only && pid != only))
		return 0;
	e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);
	if (!e)
		return 0;
	e->pid = pid;
	e->nvcsw = BPF_CORE_READ(prev, nvcsw);
	e->nivcsw = BPF_CORE_READ(prev, nivcsw);
	e->vsize = BPF_CORE_READ(mm, total_vm) * 4;
	e->rssfile = pages(mm, MM_FILEPAGES) * 4;
	e->rssanon = pages(mm, MM_ANONPAGES) * 4;
	e->vswap = pages(mm, MM_SWAPENTS) * 4;
	e->rssshmem = pages(mm, MM_SHMEMPAGES) * 4;
	e->size = e->rssfile + e->rssanon + e->rssshmem;
	e->Vdata = BPF_CORE_READ(mm, data_vm) * 4;
	e->Vstk = BPF_CORE_READ(mm, stack_vm) * 4;
	e->VPTE = BPF_CORE_READ(mm, pgtables_bytes.counter) >> 10;
	bpf_ringbuf_submit(e, 0);
	return 0;
}
