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

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 4);
	__type(value, u64);
} pile SEC(".maps");

struct prefix {
	u32 prefixlen;
	u8 addr[4];
};
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 64);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix);
	__type(value, u32); /* four bytes behind what is aligned for eight */
} networks SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, u32);
	__type(value, u64);
} odd SEC(".maps"), even SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, u32);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { &even, &odd } };

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(u32));
} jumps SEC(".maps");

/* More than a batch holds. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 100000);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u32);
	__type(value, u64);
} large SEC(".maps");
u32 filled = 0;

#define ADD(map, key)                                                   \
	do {                                                            \
		__typeof__(*map.value) one = 1;                         \
		__typeof__(one) *n = bpf_map_lookup_elem(&map, &key);   \
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

/* 10.SIG.0.0/16 */
static void group(u32 sig)
{
	struct prefix p = { 16, { 10, sig } };

	ADD(networks, p);
}

static void nest(u32 sig)
{
	u64 one = 1, *n;
	u32 side = sig & 1;
	void *in = bpf_map_lookup_elem(&outer, &side);

	if (!in)
		return;
	n = bpf_map_lookup_elem(in, &sig);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		bpf_map_update_elem(in, &sig, &one, BPF_ANY);
}

/* A thousand more. */
static void fill(void)
{
	u64 n;

	for (int i = 0; i < 1000; i++) {
		n = filled++;
		bpf_map_update_elem(&large, &n, &n, BPF_ANY);
	}
}

FIRE int on_kill(const struct enter *ctx)
{
	u32 sig = ctx->args[1], index = sig & 3;
	u64 wide = sig;

	if (!fired(ctx))
		return 0;
	count(sig);
	distribute(sig);
	ADD(plain, sig);
	ADD(lru, sig);
	ADD(list, index);
	ADD(per_cpu, sig);
	ADD(per_cpu_list, index);
	bpf_map_push_elem(&waiting, &wide, BPF_EXIST);
	bpf_map_push_elem(&pile, &wide, BPF_EXIST);
	if (sig == 31) {
		fill();
		return 0;
	}
	group(sig);
	nest(sig);
	return 0;
}
