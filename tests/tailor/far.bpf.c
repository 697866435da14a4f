/* SPDX-License-Identifier: MIT */
#include "local.h"

/* An offset that a load cannot hold: libbpf refuses the object. */

struct far {
	int beyond;
} __k;

PROG(load, struct far, f)
{
	return f->beyond;
}
