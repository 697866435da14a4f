/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Events through whatever buffer the kernel has. */
#include "fire.h"
#include <eunomia/buffer.bpf.h>

struct event {
	int pid;
	int sig;
	char text[7];
};

EU_BUFFER(events, struct event, 4096);
struct event *unused_event __attribute__((unused));

FIRE int on_kill(const struct enter *ctx)
{
	struct event *e;

	if (!fired(ctx))
		return 0;
	e = eu_buffer_reserve(events);
	if (!e)
		return 0;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->sig = ctx->args[1];
	__builtin_memcpy(e->text, "buffer", 7);
	if (e->sig == 1)
		eu_buffer_discard(events, e);
	else
		eu_buffer_submit((void *)ctx, events, e);
	return 0;
}
