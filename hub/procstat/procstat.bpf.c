// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <eunomia/buffer.bpf.h>
#include "procstat.h"

/// @brief Show what processes have used when they are switched out: memory, and how often that was
/// @details A process is shown no more than once in a second (--interval_ms).
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/// only this process
const volatile int pid = 0;
/// do not show a process again before so many milliseconds have gone by
const volatile unsigned int interval_ms = 1000;

#define PAGE_KIB 4

/* When each was shown last. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 10240);
	__type(key, int);
	__type(value, u64);
} shown SEC(".maps");

EU_BUFFER(events, struct event, 256 * 1024);

/*
 * Linux 6.2 made one counter for each processor out of one for all. CO-RE asks
 * when the program is loaded which of the two this kernel has, and the other
 * half is left out. Three underscores end a type's name: it is the kernel's.
 */
struct mm_rss_stat___before {
	atomic_long_t count[4];
} __attribute__((preserve_access_index));

struct mm_struct___before {
	struct mm_rss_stat___before rss_stat;
} __attribute__((preserve_access_index));

static long long kib(struct mm_struct *mm, int which)
{
	struct mm_struct___before *old = (void *)mm;
	long long pages;

	if (bpf_core_type_exists(struct mm_rss_stat___before))
		pages = BPF_CORE_READ(old, rss_stat.count[which].counter);
	else
		pages = BPF_CORE_READ(mm, rss_stat[which].count);
	return pages < 0 ? 0 : pages * PAGE_KIB;
}

static bool is_due(int process)
{
	u64 now = bpf_ktime_get_ns(), *last;

	last = bpf_map_lookup_elem(&shown, &process);
	if (last && now - *last < interval_ms * 1000000ull)
		return false;
	bpf_map_update_elem(&shown, &process, &now, BPF_ANY);
	return true;
}

SEC("raw_tp/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev)
{
	struct mm_struct *mm = BPF_CORE_READ(prev, mm);
	int process = BPF_CORE_READ(prev, tgid);
	struct event *e;

	/* Threads of the kernel have no memory of their own. */
	if (!mm || (pid && pid != process) || !is_due(process))
		return 0;
	e = eu_buffer_reserve(events);
	if (!e)
		return 0;
	e->pid = process;
	BPF_CORE_READ_INTO(&e->comm, prev, comm);
	e->nvcsw = BPF_CORE_READ(prev, nvcsw);
	e->nivcsw = BPF_CORE_READ(prev, nivcsw);
	e->vsize = BPF_CORE_READ(mm, total_vm) * PAGE_KIB;
	e->rssanon = kib(mm, MM_ANONPAGES);
	e->rssfile = kib(mm, MM_FILEPAGES);
	e->rssshmem = kib(mm, MM_SHMEMPAGES);
	e->size = e->rssanon + e->rssfile + e->rssshmem;
	e->vswap = kib(mm, MM_SWAPENTS);
	e->vdata = BPF_CORE_READ(mm, data_vm) * PAGE_KIB;
	e->vstk = BPF_CORE_READ(mm, stack_vm) * PAGE_KIB;
	e->vpte = BPF_CORE_READ(mm, pgtables_bytes.counter) >> 10;
	eu_buffer_submit(ctx, events, e);
	return 0;
}
