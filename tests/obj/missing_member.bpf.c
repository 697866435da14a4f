/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Reads a member that no kernel has. */
#include "fire.h"
#include <bpf/bpf_core_read.h>

struct task_struct {
	int eu_no_such_member;
} __attribute__((preserve_access_index));

int found;

FIRE int on_kill(const struct enter *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	found = BPF_CORE_READ(task, eu_no_such_member);
	return 0;
}
