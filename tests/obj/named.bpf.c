/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Tracing programs whose sections say the kind and not where. */
#include "fire.h"

struct event {
	int pid;
	char where[8];
};

/* whose events */
const volatile int only = 0;

RINGBUF(rb, 256 * 1024);
struct event *unused_event __attribute__((unused));

static int show(const char *where)
{
	struct event e = { 0 };

	e.pid = bpf_get_current_pid_tgid() >> 32;
	__builtin_memcpy(e.where, where, 4);
	if (e.pid == only)
		bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}

SEC("tp")
int on_tp(void *ctx)
{
	return show("tp\0");
}

SEC("raw_tp")
int on_raw(void *ctx)
{
	return show("raw");
}
