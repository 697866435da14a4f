/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Maps of every kind that can be sampled. kill(MAGIC, SIG) counts under the
 * key SIG; a package says which of the maps are shown and how.
 */
#include "fire.h"

struct key {
	u32 sig;
	char comm[16];
};

struct count {
	u64 times;
	u32 last;
};

struct hist {
	u32 slots[27];
	char comm[16];
};

#define MAP(name, kind, k, v, n)                   \
	struct {                                   \
		__uint(type, BPF_MAP_TYPE_##kind); \
		__uint(max_entries, n);            \
		__type(key, k);                    \
		__type(value, v);                  \
	} name SEC(".maps")

MAP(counts, HASH, struct key, struct count, 64);
MAP(plain, HASH, u32, u64, 64);
MAP(lru, LRU_HASH, u32, u64, 64);
MAP(list, ARRAY, u32, u64, 4);
MAP(per_cpu, PERCPU_HASH, u32, u64, 64);
MAP(per_cpu_list, PERCPU_ARRAY, u32, u64, 4);
MAP(per_cpu_struct, PERCPU_HASH, u32, struct count, 64);
MAP(hists, HASH, u32, struct hist, 64);
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__type(value, u64);
} waiting SEC(".maps");

#define ADD(map, key)                                                   \
	do {                                                            \
		u64 one = 1, *n = bpf_map_lookup_elem(&map, &key);      \
		if (n)                                                  \
			__sync_fetch_and_add(n, 1);                     \
		else                                                    \
			bpf_map_update_elem(&map, &key, &one, BPF_ANY); \
	} while (0)

static void count(u32 sig)
{
	struct count first = { 0 }, *c;
	struct key k = { .sig = sig };

	bpf_get_current_comm(k.comm, sizeof(k.comm));
	bpf_map_update_elem(&counts, &k, &first, BPF_NOEXIST);
	c = bpf_map_lookup_elem(&counts, &k);
	if (c) {
		__sync_fetch_and_add(&c->times, 1);
		c->last = sig;
	}
	bpf_map_update_elem(&per_cpu_struct, &sig, &first, BPF_NOEXIST);
	c = bpf_map_lookup_elem(&per_cpu_struct, &sig);
	if (c) {
		c->times++;
		c->last = sig;
	}
}

/* The signal's number is the slot. */
static void distribute(u32 sig)
{
	static const struct hist empty;
	struct hist *h;
	u32 key = 1;

	bpf_map_update_elem(&hists, &key, &empty, BPF_NOEXIST);
	h = bpf_map_lookup_elem(&hists, &key);
	if (!h)
		return;
	if (sig < 27)
		__sync_fetch_and_add(&h->slots[sig], 1);
	bpf_get_current_comm(h->comm, sizeof(h->comm));
}

FIRE int on_kill(const struct enter *ctx)
{
	u32 sig = ctx->args[1], index = sig & 3;

	if (!fired(ctx))
		return 0;
	count(sig);
	distribute(sig);
	ADD(plain, sig);
	ADD(lru, sig);
	ADD(list, index);
	ADD(per_cpu, sig);
	ADD(per_cpu_list, index);
	return 0;
}
