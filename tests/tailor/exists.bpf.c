/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Members that are there, that are not, and guarded uses of both. */

struct point {
	int x;
	int z;
} __k;

struct task {
	int pid;
	int tid;
	struct point at;
	struct {
		struct point at;
		int after;
	} nameless;
} __k;

struct nowhere {
	int x;
} __k;

PROG(fields, struct task, t)
{
	out = bpf_core_field_exists(t->pid);
	out = bpf_core_field_exists(t->tid);
	out = bpf_core_field_exists(t->nameless.at.x);
	out = bpf_core_field_exists(t->nameless.at.z);
	out = bpf_core_field_exists(t->nameless.after);
	return bpf_core_field_exists(struct task, at);
}

PROG(guarded, struct task, t)
{
	if (bpf_core_field_exists(t->tid))
		return BPF_CORE_READ(t, tid);
	if (bpf_core_field_exists(t->at.z))
		return BPF_CORE_READ(t, at.z);
	return BPF_CORE_READ(t, pid);
}

PROG(no_type, struct nowhere, n)
{
	if (bpf_core_field_exists(n->x))
		return BPF_CORE_READ(n, x);
	return bpf_core_type_exists(struct nowhere);
}
