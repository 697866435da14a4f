/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_VALUE_H
#define EU_OUT_VALUE_H

/*
 * Values to text. The one walker over layouts: every sink that writes text
 * calls it. It writes without checks at @p, where the caller has made room for
 * layout->max_json bytes (which covers the plain form too), and returns the
 * end of what it wrote.
 */

#include <string.h>

#include "btf/layout.h"
#include "out/number.h"

/*
 * As JSON: structs as objects in the order of their members, char arrays as
 * strings, enums as "NAME(3)", 128-bit integers as strings of their digits.
 * @size bytes are at @base; a value that is not there at all is null.
 */
char *eu_value_json(char *p, const struct eu_layout *l, const struct eu_step *s,
		    const char *base, size_t size);

/*
 * For a line of text: the same without the quotes of a string or enum at the
 * top; control characters are escaped. *@ret_columns: columns of a terminal.
 */
char *eu_value_text(char *p, const struct eu_layout *l, const struct eu_step *s,
		    const char *base, size_t size, size_t *ret_columns);

/* Is there any of the value, or all of it? */
bool eu_value_there(const struct eu_step *s, size_t size);
bool eu_value_whole(const struct eu_step *s, size_t size);

/* The bytes of a string up to its NUL, in place. Some of it must be there. */
const char *eu_value_string(const struct eu_layout *l, const struct eu_step *s,
			    const char *base, size_t size, size_t *ret_n);

/* Of a step that is a float, or an integer of any kind; all of it is there. */
double eu_value_real(const struct eu_step *s, const char *base);
/* Ports in the order of people. */
struct eu_number eu_value_number(const struct eu_layout *l,
				 const struct eu_step *s, const char *base,
				 size_t size);

/* The value of a step that is an integer of any kind, else 0. */
int64_t eu_value_int(const struct eu_step *s, const char *base, size_t size);

/* The value of a bit field, whose bytes are at @p. */
static inline uint64_t eu_value_bits(const struct eu_step *s, const char *p)
{
	uint32_t shift = s->bit_offset;
	uint64_t v = 0;
	uint32_t v4;
	uint16_t v2;

	/* Reading what was just written by parts would have to wait. */
	switch (s->size) {
	case 1: v = *(const uint8_t *)p; break;
	case 2:
		memcpy(&v2, p, 2);
		v = v2;
		break;
	case 4:
		memcpy(&v4, p, 4);
		v = v4;
		break;
	case 8: memcpy(&v, p, 8); break;
	default:
		memcpy(&v, p, s->size);
		if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
			v >>= 64 - s->size * 8;
	}
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		shift = s->size * 8 - s->bit_offset - s->bit_size;
	v >>= shift;
	return s->bit_size < 64 ? v & ((1ull << s->bit_size) - 1) : v;
}

static inline int64_t eu_value_sbits(const struct eu_step *s, const char *p)
{
	unsigned int unused = 64 - s->bit_size;

	return (int64_t)(eu_value_bits(s, p) << unused) >> unused;
}

/* "NAME(3)", of which nothing needs to be escaped. */
char *eu_value_enum(char *p, const struct eu_layout *l, const struct eu_step *s,
		    const char *data);

#endif
