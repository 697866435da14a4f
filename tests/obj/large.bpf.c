/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* An event of a megabyte, whose last member takes the rest of it. */
#include "fire.h"

struct large {
	u32 n;
	u8 rest[];
};
struct whole {
	u32 n;
	u8 bytes[(1 << 20) - sizeof(u32)];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct whole);
} space SEC(".maps");

RINGBUF(rb, 4 << 20);
struct large *unused_large __attribute__((unused));

FIRE int on_kill(const struct enter *ctx)
{
	struct whole *w;
	u32 zero = 0;

	if (!fired(ctx))
		return 0;
	w = bpf_map_lookup_elem(&space, &zero);
	if (!w)
		return 0;
	w->n = sizeof(*w);
	w->bytes[sizeof(w->bytes) - 1] = 42;
	bpf_ringbuf_output(&rb, w, sizeof(*w), 0);
	return 0;
}
