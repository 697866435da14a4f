// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief List processes with the command that started them
/// @details The command is in the memory of each process, some of which may have to be read from disk: SEC("iter.s/…") says that the program may wait. One process: -t pid:1234
char LICENSE[] SEC("license") = "GPL";

SEC("iter.s/task")
int list(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	char command[128] = {};

	if (!task || task->pid != task->tgid || !task->mm)
		return 0;
	/* As in /proc/PID/cmdline: each argument ends with a zero. */
	if (bpf_copy_from_user_task(command, sizeof(command) - 1,
				    (void *)task->mm->arg_start, task, 0))
		return 0;
	BPF_SEQ_PRINTF(ctx->meta->seq, "%d %s\n", task->tgid, command);
	return 0;
}
