/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Several views of one type, told apart by what stands behind "___". */

struct task___old {
	int tid;
	int state;
} __k;

struct task___new {
	int __state;
	int pid;
} __k;

struct task___two___three {
	int pid;
} __k;

/* No flavour, as nothing stands in front of the underscores or behind. */
struct ___task {
	int pid;
} __k;

struct task___ {
	int pid;
} __k;

struct task_____5 {
	int pid;
} __k;

struct twin___local {
	int b;
} __k;

PROG(views, struct task___old, t)
{
	struct task___new *n = (void *)t;

	if (bpf_core_field_exists(t->tid))
		return BPF_CORE_READ(t, tid);
	if (bpf_core_field_exists(n->__state))
		return BPF_CORE_READ(n, __state);
	return BPF_CORE_READ(n, pid);
}

PROG(names, struct ___task, t)
{
	out = bpf_core_type_exists(struct task___two___three);
	out = bpf_core_type_exists(struct ___task);
	out = bpf_core_type_exists(struct task___);
	out = bpf_core_type_exists(struct task_____5);
	return bpf_core_field_exists(t->pid);
}

PROG(twin, struct twin___local, t)
{
	return BPF_CORE_READ(t, b);
}
