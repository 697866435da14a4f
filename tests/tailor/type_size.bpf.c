/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Sizes of types, of which pointers depend on the kernel's word. */

struct point {
	int x;
};
struct nowhere {
	int x;
};
union either {
	int x;
};
enum colour { RED };
enum wide { WIDE_LOW };
typedef struct point point_t;
typedef int (*callback_t)(struct point *p, u64 n);
typedef int grid_t[1][1];
typedef struct hidden *hidden_p;
typedef long number_t;

PROG(sizes, void, p)
{
	out = bpf_core_type_size(struct point);
	out = bpf_core_type_size(struct nowhere);
	out = bpf_core_type_size(union either);
	out = bpf_core_type_size(enum colour);
	out = bpf_core_type_size(enum wide);
	out = bpf_core_type_size(point_t);
	out = bpf_core_type_size(callback_t);
	out = bpf_core_type_size(grid_t);
	out = bpf_core_type_size(hidden_p);
	return bpf_core_type_size(number_t);
}
