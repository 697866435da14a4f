/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Numbers from 0 on, as many at a time as are asked for. */
#include "fire.h"

struct event {
	u64 number;
};

const volatile int times = 1;
u64 next;

RINGBUF(rb, 1 << 20);
struct event *unused_event __attribute__((unused));

static long one(u32 i, void *ctx)
{
	/* Nobody else counts: one that fetches needs Linux 5.12. */
	struct event e = { .number = next++ };

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}

FIRE int on_kill(const struct enter *ctx)
{
	if (fired(ctx))
		for (int i = 0; i < 4096 && i < times; i++)
			one(i, NULL);
	return 0;
}
