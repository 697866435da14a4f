/* SPDX-License-Identifier: MIT */
#include "local.h"

/* A program that attaches by BTF id: relocations are tailored all the same. */

struct task_struct {
	int pid;
} __k;

SEC("tp_btf/sched_process_exit")
int on_exit(u64 *ctx)
{
	return ((struct task_struct *)(long)ctx[0])->pid;
}
