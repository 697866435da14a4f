/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Bit fields: offset, size, shifts and sign, at places other than there. */

enum colour { RED };

struct bits {
	u64 one:1;
	u64 seven:7;
	int minus:9;
	u64 more:33;
	u64 split:41;
	enum colour colour:5;
	u32 tail:8;
	u32 head;
} __k;

#define EACH(b, READ)                  \
	do {                           \
		out = READ(b, one);    \
		out = READ(b, seven);  \
		out = READ(b, minus);  \
		out = READ(b, colour); \
		out = READ(b, tail);   \
		out = READ(b, head);   \
	} while (0)

PROG(probed, struct bits, b)
{
	EACH(b, BPF_CORE_READ_BITFIELD_PROBED);
	return 0;
}

PROG(direct, struct bits, b)
{
	EACH(b, BPF_CORE_READ_BITFIELD);
	return 0;
}

/* 40 and 33 bits, which lie across the borders of words. */
PROG(across, struct bits, b)
{
	out = BPF_CORE_READ_BITFIELD_PROBED(b, split);
	out = BPF_CORE_READ_BITFIELD_PROBED(b, more);
	return bpf_core_field_exists(b->split);
}
