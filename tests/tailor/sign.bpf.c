/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Signedness of integers and enumerations. */

enum colour { RED };
enum wide { WIDE_LOW };

struct task {
	unsigned int pid;
	int shrunk;
	long narrow;
	enum colour colour;
	enum wide wide;
	int typed;
} __k;

#define SIGNED(p, field) \
	__builtin_preserve_field_info((p)->field, BPF_FIELD_SIGNED)

PROG(sign, struct task, t)
{
	out = SIGNED(t, pid);
	out = SIGNED(t, shrunk);
	out = SIGNED(t, narrow);
	out = SIGNED(t, colour);
	out = SIGNED(t, wide);
	return SIGNED(t, typed);
}
