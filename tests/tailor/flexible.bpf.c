/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Arrays without a size: any index will do, but only at the end of a struct. */

struct point {
	int y;
} __k;

struct item {
	short last;
	struct point points[3];
} __k;

struct flexible {
	struct item items[4];
	int n;
} __k;

struct flexible___2 {
	int n;
	struct item items[];
} __k;

struct hollow {
	struct item items[7];
	int after;
} __k;

struct hollow___2 {
	int after;
	struct item items[];
} __k;

PROG(end, struct flexible, f)
{
	struct flexible___2 *g = (void *)f;

	out = BPF_CORE_READ(f, items[3].points[1].y);
	out = BPF_CORE_READ(g, items[300].last);
	return bpf_core_field_exists(g->items[0]);
}

/* After leaving members out, this one must not look like the last one. */
PROG(middle, struct hollow, h)
{
	struct hollow___2 *g = (void *)h;

	out = bpf_core_field_exists(h->items[6].last);
	out = bpf_core_field_exists(g->items[6].last);
	out = bpf_core_field_exists(g->items[0]);
	out = bpf_core_field_exists(g->items);
	return bpf_core_field_offset(h->items);
}
