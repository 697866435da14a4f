/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Relocations in functions of their own and in several sections. */

struct point {
	int y;
	int x;
} __k;

struct task {
	struct task *parent;
	int pid;
} __k;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, int);
	__type(value, u64);
} seen SEC(".maps");

static __noinline int pid_of(struct task *t)
{
	return BPF_CORE_READ(t, parent, pid);
}

__noinline int is_there(int which)
{
	return which ? bpf_core_field_exists(struct task, pid) :
		       bpf_core_type_exists(struct point);
}

static long each(u32 i, void *ctx)
{
	out += BPF_CORE_READ((struct point *)ctx, x) + i;
	return 0;
}

SEC("raw_tp")
int first(u64 *ctx)
{
	struct task *t = (void *)(long)ctx[0];
	int pid = pid_of(t);
	u64 *n = bpf_map_lookup_elem(&seen, &pid);

	return n ? *n + is_there(pid) : 0;
}

SEC("kprobe/nothing")
int second(void *ctx)
{
	return bpf_loop(3, each, ctx, 0);
}

SEC("?socket")
int third(void *ctx)
{
	return pid_of(ctx) + is_there(1);
}
