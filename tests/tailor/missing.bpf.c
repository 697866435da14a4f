/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Unguarded uses of what is not there: the instructions are poisoned. */

struct task {
	int no_such_member;
	int pid;
} __k;

struct nowhere {
	long x;
} __k;

enum colour { RED, GREEN, MAGENTA };

PROG(field, struct task, t)
{
	return t->no_such_member + t->pid;
}

PROG(type, struct nowhere, n)
{
	return n->x + bpf_core_type_size(struct nowhere);
}

PROG(value, struct task, t)
{
	return bpf_core_enum_value(enum colour, MAGENTA) +
	       bpf_core_enum_value(enum colour, GREEN);
}
