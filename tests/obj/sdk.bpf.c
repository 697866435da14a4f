/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* What a guest reaches of an object: sections, maps and programs of all sorts. */
#include "fire.h"

struct event {
	u32 number;
	char from[12];
};

const volatile int step = 1;
const volatile int times = 1; /* so many records for perf, large if not one */
int start = 100;
u64 count;
struct {
	u32 last;
	u8 pad;
	u64 sum;
} totals;
char large[4096];
u32 sent; /* for perf */

RINGBUF(one, 4096);
RINGBUF(two, 4096);

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, u32);
	__type(value, u32);
} perf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, u32);
	__type(value, u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} percpu SEC(".maps");

FIRE int on_kill(const struct enter *ctx)
{
	struct event e = { .from = "one" };

	if (!fired(ctx))
		return 0;
	count += step;
	totals.last = start;
	totals.sum += start;
	e.number = start++;
	bpf_ringbuf_output(&one, &e, sizeof(e), 0);
	e.from[0] = 't';
	e.from[1] = 'w';
	e.from[2] = 'o';
	bpf_ringbuf_output(&two, &e, sizeof(e), 0);
	return 0;
}

/* By itself in its section. */
SEC("tp/syscalls/sys_exit_kill") int on_exit(void *ctx)
{
	u32 zero = 0, *n = bpf_map_lookup_elem(&percpu, &zero);

	if (n)
		*n += 1;
	return 0;
}

FIRE int on_perf(struct enter *ctx)
{
	struct event e = { .number = 7, .from = "perf" };

	if (!fired(ctx))
		return 0;
	if (times == 1)
		bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, &e,
				      sizeof(e));
	for (int i = 1; i < times && i < 500; i++)
		bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, large,
				      sizeof(large));
	sent += times - 1;
	return 0;
}

/* No kernel takes it. */
SEC("tp/syscalls/sys_enter_tkill") int refused(const struct enter *ctx)
{
	return *(int *)ctx->args[1];
}
