/* SPDX-License-Identifier: MIT */
#include "local.h"

/* The same offset where it fits. */

struct far {
	int beyond;
} __k;

PROG(read, struct far, f)
{
	return BPF_CORE_READ(f, beyond);
}
