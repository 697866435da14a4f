/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* A counter that asks to outlive its program, and what it stands at. */
#include "fire.h"

struct event {
	u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} kept_count SEC(".maps");

RINGBUF(rb, 4096);
struct event *unused_event __attribute__((unused));

FIRE int on_kill(struct enter *ctx)
{
	struct event e = { 0 };
	u32 zero = 0;
	u64 *n = bpf_map_lookup_elem(&kept_count, &zero);

	if (!fired(ctx) || !n)
		return 0;
	e.count = ++*n;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
