/* SPDX-License-Identifier: MIT */
#include "local.h"

/* A kernel's function by BTF id: relocations are tailored all the same. */

struct task_struct {
	int pid;
} __k;

/* Older kernels lack them, and libbpf looks for them before it relocates. */
extern struct task_struct *bpf_task_from_pid(int pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *t) __ksym __weak;

SEC("tc")
int find(void *ctx)
{
	struct task_struct *t = bpf_task_from_pid(1);
	int pid;

	if (!t)
		return 0;
	pid = t->pid;
	bpf_task_release(t);
	return pid;
}
