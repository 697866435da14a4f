/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Counts the events that do not fit, in one of two places. */
#include "fire.h"

struct event {
	u64 number;
};

const volatile int times = 1;
const volatile bool in_map = false;
u64 lost_events;
u64 next;

RINGBUF(rb, 4096);
struct event *unused_event __attribute__((unused));

/* With the annotation @lost in lossy.meta.json. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} drops SEC(".maps");

FIRE int on_kill(struct enter *ctx)
{
	struct event e;
	u32 zero = 0;
	u64 *n;

	if (!fired(ctx))
		return 0;
	for (int i = 0; i < 1000 && i < times; i++) {
		e.number = next++;
		if (!bpf_ringbuf_output(&rb, &e, sizeof(e), 0))
			continue;
		n = bpf_map_lookup_elem(&drops, &zero);
		if (!in_map)
			lost_events++;
		else if (n)
			*n += 1;
	}
	return 0;
}
