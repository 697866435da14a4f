/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* The same calls seen from a raw tracepoint, through the registers' copy. */
#include "fire.h"

struct event {
	int pid;
	s64 number;
};

struct sys_enter {
	u64 regs;
	s64 number;
};

/* whose system calls */
const volatile int only = 0;

RINGBUF(rb, 256 * 1024);
struct event *unused_event __attribute__((unused));

SEC("raw_tp/sys_enter")
int on_enter(struct sys_enter *ctx)
{
	struct event e = { .number = ctx->number };

	e.pid = bpf_get_current_pid_tgid() >> 32;
	if (e.pid == only)
		bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
