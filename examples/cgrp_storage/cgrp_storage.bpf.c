/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Signals, counted with the control groups of those that send them (Linux 6.2). */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

/// @sample {"interval": 1000}
struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} groups SEC(".maps");

void bpf_rcu_read_lock(void) __ksym;
void bpf_rcu_read_unlock(void) __ksym;

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 *n;

	/* What a task points to is there as long as nobody changes it. */
	bpf_rcu_read_lock();
	n = bpf_cgrp_storage_get(&groups, task->cgroups->dfl_cgrp, 0,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (n)
		__sync_fetch_and_add(n, 1);
	bpf_rcu_read_unlock();
	return 0;
}

/// Counts the signals that control groups send
char LICENSE[] SEC("license") = "Dual BSD/GPL";
