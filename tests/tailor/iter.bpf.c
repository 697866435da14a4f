/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Members read as C reads them, of what an iterator hands over. */

struct sched_entity {
	u64 vruntime;
} __k;

struct task_struct {
	struct task_struct *real_parent;
	struct sched_entity se;
	int exit_state;
	int tgid;
} __k;

struct bpf_iter__task {
	struct task_struct *task;
} __k;

SEC("iter/task")
int each_task(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task;

	if (!t)
		return 0;
	out = t->tgid + t->real_parent->tgid + t->exit_state + t->se.vruntime;
	return 0;
}
