/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Members that lie in nameless structs and unions, here or there or both. */

struct point {
	int x;
	int y;
} __k;

struct task {
	union {
		int deep_b;
		struct {
			struct point deep_point;
			union {
				u64 over;
				int deep_a;
			};
		};
	};
	struct {
		int pid;
		struct {
			int absent;
		};
	};
} __k;

struct task___flat {
	int deep_a;
	struct point deep_point;
} __k;

PROG(nested, struct task, t)
{
	out = BPF_CORE_READ(t, deep_a);
	out = BPF_CORE_READ(t, deep_b);
	out = BPF_CORE_READ(t, over);
	out = BPF_CORE_READ(t, deep_point.y);
	out = bpf_core_field_exists(t->absent);
	return BPF_CORE_READ(t, pid);
}

PROG(flat, struct task___flat, t)
{
	return BPF_CORE_READ(t, deep_a) + BPF_CORE_READ(t, deep_point.x);
}
