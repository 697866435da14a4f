/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Two candidates that give different offsets: libbpf refuses the object. */

struct quarrel {
	int a;
	int b;
} __k;

PROG(read, struct quarrel, q)
{
	return BPF_CORE_READ(q, a);
}
