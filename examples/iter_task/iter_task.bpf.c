// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief List processes with their parents
/// @details The program is called once for each task and writes text, which ecli prints. One process: -t pid:1234; again each second: -t pid:1234,interval=1000
char LICENSE[] SEC("license") = "GPL";

SEC("iter/task")
int list(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	/* After the last one it is called once more. */
	if (!task || task->pid != task->tgid)
		return 0;
	BPF_SEQ_PRINTF(ctx->meta->seq, "%d %d %s\n", task->tgid,
		       task->real_parent->tgid, task->comm);
	return 0;
}
