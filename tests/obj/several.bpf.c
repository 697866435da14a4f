/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Three buffers of two kinds; nothing says what is in which. */
#include "fire.h"

struct first {
	int pid;
	int number;
};

struct second {
	u64 number;
	char text[8];
};

RINGBUF(one, 4096);
RINGBUF(two, 4096);
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} three SEC(".maps");

/* In the types, but no anchors: they are not pointers. */
struct first first_value;
struct second second_value;

FIRE int on_kill(struct enter *ctx)
{
	struct first f = { .number = -1 };
	struct second s = { .number = 2, .text = "two" };

	if (!fired(ctx))
		return 0;
	f.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_ringbuf_output(&one, &f, sizeof(f), 0);
	bpf_ringbuf_output(&two, &s, sizeof(s), 0);
	s.number = 3;
	bpf_perf_event_output(ctx, &three, BPF_F_CURRENT_CPU, &s, sizeof(s));
	return 0;
}
