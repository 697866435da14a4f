/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Elements of arrays of structs, of several dimensions, and out of bounds. */

struct point {
	int y;
	int x;
} __k;

struct item {
	short last;
	struct point points[8];
	u8 tag;
} __k;

struct task {
	struct item table[4][5];
	int grid[5][4];
	struct item items[9];
	char filler[40];
} __k;

PROG(elements, struct task, t)
{
	out = BPF_CORE_READ(t, items[3].points[2].y);
	out = BPF_CORE_READ(t, table[1][4].last);
	out = BPF_CORE_READ(t, grid[2][3]);
	out = bpf_core_field_offset(t->items[2]);
	out = bpf_core_field_size(t->table[1]);
	out = bpf_core_field_size(t->table[1][0]);
	return bpf_core_field_size(t->filler[3]);
}

PROG(bounds, struct task, t)
{
	out = bpf_core_field_exists(t->items[3]);
	out = bpf_core_field_exists(t->items[4]);
	out = bpf_core_field_exists(t->items[3].points[3].x);
	out = bpf_core_field_exists(t->table[1][4].points[2]);
	out = bpf_core_field_exists(t->table[2][4]);
	out = bpf_core_field_exists(t->grid[4][0]);
	return bpf_core_field_exists(t->filler[17]);
}

/* The pointer itself as an array. */
PROG(pointer, struct task, t)
{
	return t[2].items[1].tag + t[1].grid[0][0];
}
