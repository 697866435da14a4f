/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Types of the right name and the wrong kind are no candidates. */

struct was_struct {
	int a;
} __k;

enum was_enum { WAS_ENUM };

union was_union {
	int a;
} __k;

typedef struct task point;

PROG(types, struct was_struct, s)
{
	out = bpf_core_type_exists(struct was_struct);
	out = bpf_core_type_exists(enum was_enum);
	out = bpf_core_type_exists(union was_union);
	out = bpf_core_enum_value_exists(enum was_enum, WAS_ENUM);
	out = bpf_core_type_exists(point);
	return bpf_core_field_exists(s->a);
}
