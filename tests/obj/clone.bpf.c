/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* On a function that the compiler left in the kernel under another name. */
#include "fire.h"
#include <linux/ptrace.h>

u64 calls;

SEC("kprobe/finish_task_switch")
int on_switch(struct pt_regs *ctx)
{
	__sync_fetch_and_add(&calls, 1);
	return 0;
}
