/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* The stacks of who calls kill(MAGIC): in events, and counted in a map. */
#include "fire.h"

#include <linux/perf_event.h>

#define DEPTH 32

struct event {
	u32 pid;
	s32 kstack_sz;
	s32 ustack_sz;
	char comm[16];
	u64 kstack[DEPTH];
	u64 ustack[DEPTH];
};
struct event *unused_event __attribute__((unused));

RINGBUF(rb, 64 * 1024);

const volatile bool quiet = false;

FIRE int on_kill(const struct enter *ctx)
{
	struct event *e;

	if (!fired(ctx) || quiet)
		return 0;
	e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);
	if (!e)
		return 0;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	e->kstack_sz = bpf_get_stack((void *)ctx, e->kstack, sizeof(e->kstack),
				     0);
	e->ustack_sz = bpf_get_stack((void *)ctx, e->ustack, sizeof(e->ustack),
				     BPF_F_USER_STACK);
	bpf_ringbuf_submit(e, 0);
	return 0;
}
