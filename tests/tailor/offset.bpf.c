/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Offsets of members in another order, also in loads and stores. */

struct point {
	int y;
	int x;
} __k;

struct task {
	struct task *parent;
	const char *name;
	int pid;
	struct point *unrelated;
	struct {
		struct point at;
	} nameless;
	long grown;
} __k;

PROG(read, struct task, t)
{
	out = BPF_CORE_READ(t, parent, parent, pid);
	out = (long)BPF_CORE_READ(t, name);
	out = BPF_CORE_READ(t, nameless.at.y);
	return bpf_core_field_offset(t->nameless.at.x) +
	       bpf_core_field_offset(struct task, pid);
}

PROG(load_and_store, struct task, t)
{
	t->pid = 5;
	t->nameless.at.x = t->nameless.at.y;
	t->grown += t->parent->pid;
	return (long)&t->nameless.at.y;
}
