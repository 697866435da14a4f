// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show how long threads wait for a processor, as a histogram
/// @details A thread waits from when it may run, because it was woken up or its time on a processor was over, until it has one.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define SLOTS 26

/* Bits of prev_state that say why a thread does not run; none: it would. */
#define SLEEPS 0xff

/// only this thread
const volatile int tid = 0;
/// a histogram for each thread
const volatile bool each = false;

struct hist {
	u32 slots[SLOTS];
};

struct of {
	int tid; /* 0: all */
};

/* Since when threads wait. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, int);
	__type(value, u64);
} since SEC(".maps");

/// @sample {"interval": 1000, "type": "log2_hist", "unit": "usecs"}
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, struct of);
	__type(value, struct hist);
} waits SEC(".maps");

static const struct hist empty;

static void begin(int thread)
{
	u64 now = bpf_ktime_get_ns();

	/* 0 are the idle ones, which never wait. */
	if (thread && (!tid || tid == thread))
		bpf_map_update_elem(&since, &thread, &now, BPF_ANY);
}

/* Slot i counts what is from 2^i to below 2^(i+1). */
static u32 slot_of(u64 value)
{
	u32 slot = 0;

	for (int step = 32; step; step /= 2) {
		if (value >> step) {
			value >>= step;
			slot += step;
		}
	}
	return slot < SLOTS ? slot : SLOTS - 1;
}

static void end(int thread)
{
	struct of key = { .tid = each ? thread : 0 };
	u64 *begun = bpf_map_lookup_elem(&since, &thread);
	struct hist *h;
	u32 slot;

	if (!begun)
		return;
	slot = slot_of((bpf_ktime_get_ns() - *begun) / 1000);
	bpf_map_delete_elem(&since, &thread);
	bpf_map_update_elem(&waits, &key, &empty, BPF_NOEXIST);
	h = bpf_map_lookup_elem(&waits, &key);
	if (h)
		__sync_fetch_and_add(&h->slots[slot], 1);
}

SEC("tp/sched/sched_wakeup")
int on_wakeup(struct trace_event_raw_sched_wakeup_template *ctx)
{
	begin(ctx->pid);
	return 0;
}

SEC("tp/sched/sched_wakeup_new")
int on_new(struct trace_event_raw_sched_wakeup_template *ctx)
{
	begin(ctx->pid);
	return 0;
}

SEC("tp/sched/sched_switch")
int on_switch(struct trace_event_raw_sched_switch *ctx)
{
	if (!(ctx->prev_state & SLEEPS))
		begin(ctx->prev_pid);
	end(ctx->next_pid);
	return 0;
}
