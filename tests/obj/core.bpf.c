/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Reads a kernel struct wherever its member is: needs the kernel's BTF. */
#include "fire.h"
#include <bpf/bpf_core_read.h>

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

struct event {
	int pid;
	int tgid;
};

RINGBUF(rb, 4096);
struct event *unused_event __attribute__((unused));

FIRE int on_kill(const struct enter *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct event e = { 0 };

	if (!fired(ctx))
		return 0;
	e.pid = bpf_get_current_pid_tgid() >> 32;
	e.tgid = BPF_CORE_READ(task, tgid);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
