/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Sizes of members of all sorts. */

struct point;
struct item;

struct task {
	char filler[1];
	char narrow;
	const char *name;
	struct item *items[1];
	void *call;
	int colour;
	int wide;
	struct point *either;
	double ratio;
	int typed;
} __k;

struct sized {
	char filler[2];
	char narrow;
	const char *name;
	double ratio;
} __k;

PROG(sizes, struct task, t)
{
	out = bpf_core_field_size(t->filler);
	out = bpf_core_field_size(t->filler[0]);
	out = bpf_core_field_size(t->narrow);
	out = bpf_core_field_size(t->name);
	out = bpf_core_field_size(t->call);
	out = bpf_core_field_size(t->typed);
	out = bpf_core_field_size(t->ratio);
	return bpf_core_field_size(struct task, typed);
}

/* Whole types. */
struct bits {
	int x;
} __k;

PROG(whole, struct bits, b)
{
	out = bpf_core_type_size(struct bits);
	out = bpf_core_type_size(struct task);
	return bpf_core_type_size(struct sized);
}
