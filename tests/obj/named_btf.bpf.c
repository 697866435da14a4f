/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* A tracing program that finds its place by the kernel's BTF. */
#include "fire.h"

struct event {
	int pid;
};

/* whose events */
const volatile int only = 0;

RINGBUF(rb, 256 * 1024);
struct event *unused_event __attribute__((unused));

SEC("tp_btf")
int on_btf(void *ctx)
{
	struct event e = { 0 };

	e.pid = bpf_get_current_pid_tgid() >> 32;
	if (e.pid == only)
		bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
