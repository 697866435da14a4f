/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_NUMBER_H
#define EU_OUT_NUMBER_H

/* An integer of any kind that BTF has, up to 128 bits, signed or not. */

#include "base/util.h"

struct eu_number {
	bool negative;
	uint64_t high, low; /* without the sign */
};

static inline struct eu_number eu_number_unsigned(uint64_t v)
{
	return (struct eu_number){ .low = v };
}

static inline struct eu_number eu_number_signed(int64_t v)
{
	return (struct eu_number){ .negative = v < 0,
				   .low = v < 0 ? -(uint64_t)v : (uint64_t)v };
}

static inline int eu_number_order(const struct eu_number *a,
				  const struct eu_number *b)
{
	int order = (a->high > b->high) - (a->high < b->high);

	if (a->negative != b->negative)
		return a->high || a->low || b->high || b->low ?
			       (a->negative ? -1 : 1) :
			       0;
	order = order ?: (a->low > b->low) - (a->low < b->low);
	return a->negative ? -order : order;
}

/* Decimal or 0x, with a sign or not, of up to 64 bits. */
bool eu_number_parse(const char *text, struct eu_number *ret);

#endif
