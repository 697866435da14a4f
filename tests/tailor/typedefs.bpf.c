/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Roots and members that are typedefs, of structs without a name too. */

typedef struct {
	struct {
		int x;
	} at;
	int before;
} __k nameless_t;

typedef struct point {
	int y;
	int x;
} __k point_t;

typedef const volatile point_t point_cv_t;

typedef struct task {
	point_cv_t cv;
	nameless_t nameless;
	long typed;
} __k task_alias_t;

PROG(members, task_alias_t, t)
{
	out = t->cv.x;
	out = t->nameless.at.x;
	out = bpf_core_field_exists(t->typed);
	return BPF_CORE_READ(t, nameless.before);
}

PROG(nameless, nameless_t, n)
{
	return BPF_CORE_READ(n, at.x) + bpf_core_type_size(nameless_t);
}

PROG(alias, point_t, p)
{
	out = bpf_core_type_exists(point_cv_t);
	out = bpf_core_type_exists(task_alias_t);
	return BPF_CORE_READ(p, y) + bpf_core_type_size(point_t);
}
