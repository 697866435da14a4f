/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Members that are wider or narrower here than there. */

struct task {
	unsigned int pid;
	unsigned long long shrunk;
	unsigned int grown;
	long narrow;
} __k;

PROG(unsigned_loads, struct task, t)
{
	out = t->shrunk;
	out = t->grown;
	return 0;
}

/* Signed ones are refused: the instruction is poisoned. */
PROG(signed_load, struct task, t)
{
	return t->narrow;
}

PROG(sign_changed, struct task, t)
{
	return t->pid;
}

PROG(stores, struct task, t)
{
	t->shrunk = out;
	t->grown = out;
	return 0;
}
