/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* On all functions that a pattern fits. */
#include "fire.h"

SEC("kprobe.multi")
int on_any(void *ctx)
{
	bpf_printk("multi %d by %d", magic,
		   (int)(bpf_get_current_pid_tgid() >> 32));
	return 0;
}
