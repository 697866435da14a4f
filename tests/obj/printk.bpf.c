/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* The first program of the manual, but for one process of ours. */
#include "fire.h"

FIRE int on_kill(const struct enter *ctx)
{
	if (fired(ctx))
		bpf_printk("fired %d by %d", magic,
			   (int)(bpf_get_current_pid_tgid() >> 32));
	return 0;
}
