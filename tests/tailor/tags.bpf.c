/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Tags of types and declarations stand between a member and its type. */

#define __tag(x) __attribute__((btf_type_tag(x)))
#define __decl(x) __attribute__((btf_decl_tag(x)))

struct point {
	int y;
	int x;
} __k;

struct task {
	int pid __decl("first");
	volatile const int __tag("user") * tagged;
	struct task __tag("rcu") * parent __decl("second");
	struct point __tag("rcu") * hidden;
} __k __decl("third");

typedef struct point __tag("percpu") * hidden_p;

PROG(read, struct task, t)
{
	out = (long)BPF_CORE_READ(t, tagged);
	out = (long)BPF_CORE_READ(t, hidden);
	out = bpf_core_type_exists(hidden_p);
	out = bpf_core_type_matches(hidden_p);
	return BPF_CORE_READ(t, parent, pid);
}
