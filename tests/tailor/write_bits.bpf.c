/* SPDX-License-Identifier: MIT */
#include "local.h"

/* A bit field written, which reads, shifts and stores by relocation. */

struct bits {
	u32 seven:7;
	u32 one:1;
	int minus:5;
} __k;

PROG(write, struct bits, b)
{
	BPF_CORE_WRITE_BITFIELD(b, one, 1);
	BPF_CORE_WRITE_BITFIELD(b, seven, 99);
	BPF_CORE_WRITE_BITFIELD(b, minus, -2);
	return 0;
}
