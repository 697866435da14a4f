/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Events through a perf event array. */
#include "fire.h"

struct event {
	int pid;
	char comm[16];
	int sig;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} events SEC(".maps");

struct event *unused_event __attribute__((unused));

FIRE int on_kill(struct enter *ctx)
{
	struct event e = { .sig = ctx->args[1] };

	if (!fired(ctx))
		return 0;
	e.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &e, sizeof(e));
	return 0;
}
