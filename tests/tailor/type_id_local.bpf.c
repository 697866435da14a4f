/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Ids of the object's own types: nothing is asked of the kernel. */

struct point {
	int x;
};

PROG(local, void, p)
{
	return bpf_core_type_id_local(struct point) + bpf_core_type_id_local(int);
}
