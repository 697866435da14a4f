/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Several structs could be the event; only one is no other's member. */
#include "fire.h"

struct point {
	int x;
	int y;
};

struct event {
	int pid;
	struct point at[2];
};

RINGBUF(rb, 4096);
struct point *unused_point __attribute__((unused));
const struct event *unused_event __attribute__((unused));

FIRE int on_kill(const struct enter *ctx)
{
	struct event e = { .at = { { 1, 2 }, { 3, 4 } } };

	if (!fired(ctx))
		return 0;
	e.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
