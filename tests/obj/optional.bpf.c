/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Programs that a kernel may lack; the last two are in none. */
#include "fire.h"

struct event {
	int by;
};
struct event *unused_event __attribute__((unused));

RINGBUF(rb, 4096);

static inline void show(const struct enter *ctx, int by)
{
	struct event e = { .by = by };

	if (fired(ctx))
		bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
}

FIRE int always(struct enter *ctx)
{
	show(ctx, 1);
	return 0;
}

SEC("?tp/syscalls/sys_enter_kill")
int there(struct enter *ctx)
{
	show(ctx, 2);
	return 0;
}

SEC("?tp/syscalls/eu_nothing")
int no_tracepoint(struct enter *ctx)
{
	show(ctx, 3);
	return 0;
}

SEC("?tp/syscalls/sys_enter_kill")
int no_helper(struct enter *ctx)
{
	show(ctx, 4 + ((long (*)(void))99999)());
	return 0;
}
