/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Members of the right name and the wrong type. */

struct point {
	int x;
} __k;

enum colour { RED };

struct changed {
	int was_int;
	struct point was_struct;
	int was_array[2];
	int *was_pointer;
	enum colour was_colour;
	double was_double;
	int was_function;
} __k;

PROG(fields, struct changed, c)
{
	out = bpf_core_field_exists(c->was_int);
	out = bpf_core_field_exists(c->was_struct);
	out = bpf_core_field_exists(c->was_struct.x);
	out = bpf_core_field_exists(c->was_array);
	out = bpf_core_field_exists(c->was_array[1]);
	out = bpf_core_field_exists(c->was_pointer);
	out = bpf_core_field_exists(c->was_colour);
	out = bpf_core_field_exists(c->was_double);
	return bpf_core_field_exists(c->was_function);
}
