/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* What guests call, run and ask about: maps, variables, records by the number. */
#include "fire.h"

struct event {
	u32 number;
	char text[44];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 100);
	__type(key, u32);
	__type(value, u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, u32);
	__type(value, u32);
} each SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__type(value, u32);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} perf SEC(".maps");

RINGBUF(ring, 1 << 16);

const volatile u32 shift = 0;
u32 runs;
u64 wide = 0x1122334455667788;

/* As many records as the first argument says, of 4, 5, 6 … bytes. */
SEC("raw_tp/sched_process_exec") int fill(struct bpf_raw_tracepoint_args *ctx)
{
	struct event e = { .text = "abcdefghijklmnopqrstuvwxyz" };

	runs++;
	for (u32 i = 0; i < 4096 && i < ctx->args[0]; i++) {
		e.number = i << shift;
		bpf_ringbuf_output(&ring, &e, 4 + (i & 31), 0);
		bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, &e, 4);
	}
	return 7;
}

SEC("xdp") int length(struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data == 64 ? XDP_PASS : XDP_DROP;
}

FIRE int on_kill(const struct enter *ctx)
{
	if (fired(ctx))
		runs += 1000;
	return 0;
}
