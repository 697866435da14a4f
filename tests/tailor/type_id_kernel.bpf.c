/* SPDX-License-Identifier: MIT */
#include "local.h"

/* An id in the kernel's BTF, which a smaller BTF cannot know. */

struct point {
	int x;
} __k;

PROG(kernel, struct point, p)
{
	return bpf_core_type_id_kernel(struct point) + BPF_CORE_READ(p, x);
}
