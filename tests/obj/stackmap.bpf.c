/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* How often kill(MAGIC) was called from where: stacks by their ids. */
#include "fire.h"

#define DEPTH 32

struct key {
	u32 pid;
	s32 user_stack_id;
	s32 kern_stack_id;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	/* Many, for two stacks whose hashes meet are one too few. */
	__uint(max_entries, 16384);
	__uint(key_size, sizeof(u32));
	__uint(value_size, DEPTH * sizeof(u64));
} stacks SEC(".maps");

/// @sample {"interval": 3600000}
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, u64);
} counts SEC(".maps");

FIRE int on_kill(const struct enter *ctx)
{
	struct key k = { 0 };
	u64 one = 1, *n;

	if (!fired(ctx))
		return 0;
	k.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(k.comm, sizeof(k.comm));
	k.kern_stack_id = bpf_get_stackid((void *)ctx, &stacks, 0);
	k.user_stack_id = bpf_get_stackid((void *)ctx, &stacks, BPF_F_USER_STACK);
	n = bpf_map_lookup_elem(&counts, &k);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		bpf_map_update_elem(&counts, &k, &one, BPF_ANY);
	return 0;
}
