/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Several candidates that agree, and one of two that has the member. */

struct point {
	int x;
} __k;

struct twin {
	struct point *p;
	int b;
	int a;
} __k;

struct half {
	int here;
} __k;

struct quarrel {
	int c;
} __k;

PROG(agree, struct twin, t)
{
	return BPF_CORE_READ(t, a) + BPF_CORE_READ(t, b) + BPF_CORE_READ(t, p, x);
}

PROG(one_has_it, struct half, h)
{
	return BPF_CORE_READ(h, here);
}

/* Existence is no matter of offsets. */
PROG(neither, struct quarrel, q)
{
	return bpf_core_field_exists(q->c);
}
