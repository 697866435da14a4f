// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <eunomia/format.bpf.h>

/// @brief Show how long disks take to read and write, as a histogram for each
/// @details From when a request is given to the driver until it is done.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define SLOTS 26

/* Which disk. */
struct disk {
	eu_device dev;
};

/* Which request: a disk works on a place once at a time. */
struct at {
	u64 sector;
	u32 dev;
	u32 unused; /* keys are compared byte by byte: none may be left open */
};

struct hist {
	u32 slots[SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, struct at);
	__type(value, u64);
} since SEC(".maps");

/// @sample {"interval": 1000, "type": "log2_hist", "unit": "usecs"}
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct disk);
	__type(value, struct hist);
} disks SEC(".maps");

static const struct hist empty;

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

SEC("tp/block/block_rq_issue")
int on_issue(struct trace_event_raw_block_rq *ctx)
{
	struct at key = { .sector = ctx->sector, .dev = ctx->dev };
	u64 now = bpf_ktime_get_ns();

	bpf_map_update_elem(&since, &key, &now, BPF_ANY);
	return 0;
}

/* What older kernels call it, 5.10 for one. */
struct trace_event_raw_block_rq_complete___older {
	u32 dev;
	u64 sector;
} __attribute__((preserve_access_index));

static struct at at_completion(void *ctx)
{
	struct trace_event_raw_block_rq_complete___older *older = ctx;
	struct trace_event_raw_block_rq_completion *newer = ctx;
	struct at key = {};

	if (bpf_core_type_exists(*newer)) {
		key.sector = BPF_CORE_READ(newer, sector);
		key.dev = BPF_CORE_READ(newer, dev);
	} else {
		key.sector = BPF_CORE_READ(older, sector);
		key.dev = BPF_CORE_READ(older, dev);
	}
	return key;
}

SEC("tp/block/block_rq_complete")
int on_complete(void *ctx)
{
	struct at key = at_completion(ctx);
	u64 *begun = bpf_map_lookup_elem(&since, &key);
	struct disk disk = { .dev = key.dev };
	struct hist *h;
	u32 slot;

	if (!begun)
		return 0;
	slot = slot_of((bpf_ktime_get_ns() - *begun) / 1000);
	bpf_map_delete_elem(&since, &key);
	bpf_map_update_elem(&disks, &disk, &empty, BPF_NOEXIST);
	h = bpf_map_lookup_elem(&disks, &disk);
	if (h)
		__sync_fetch_and_add(&h->slots[slot], 1);
	return 0;
}
