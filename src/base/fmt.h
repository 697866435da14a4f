/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_FMT_H
#define EU_BASE_FMT_H

/*
 * Fast writers of text at a pointer. The caller has made room for the stated
 * maximum; each returns the end of what it wrote, without a NUL.
 */

#include <string.h>

#include "base/util.h"

enum {
	EU_FMT_INT = 20, /* bytes of a 64-bit integer, at most */
	EU_FMT_BYTE = 6, /* of one byte of a string: "\u0001" */
	EU_FMT_REAL = 32,
};

/*
 * Four bytes for each number below 1000: its digits in three, "7", "42", and
 * how many they are in the last one; "007", "042" in the other table.
 */
extern const char eu_fmt_short[4001] __attribute__((visibility("hidden")));
extern const char eu_fmt_triples[4001] __attribute__((visibility("hidden")));

/* Decimal; lower-case hexadecimal without prefix and leading zeros. */
char *eu_fmt_u64_long(char *p, uint64_t v);

/* One digit is what most values have. */
static inline char *eu_fmt_u64(char *p, uint64_t v)
{
	if (v < 10) {
		*p = (char)('0' + v);
		return p + 1;
	}
	return eu_fmt_u64_long(p, v);
}

static inline char *eu_fmt_i64(char *p, int64_t v)
{
	if (v >= 0)
		return eu_fmt_u64(p, v);
	*p++ = '-';
	return eu_fmt_u64(p, -(uint64_t)v);
}

/* Sixteen digits at most, but sixteen bytes are written in any case. */
char *eu_fmt_hex(char *p, uint64_t v);

/* @n bytes of a name, which are few: no call, no loop over them. */
static inline char *eu_fmt_name(char *p, const char *s, size_t n)
{
	if (n > 16)
		memcpy(p, s, n);
	else if (n >= 8) {
		memcpy(p, s, 8);
		memcpy(p + n - 8, s + n - 8, 8);
	} else if (n >= 4) {
		memcpy(p, s, 4);
		memcpy(p + n - 4, s + n - 4, 4);
	} else if (n) {
		p[0] = s[0];
		p[n / 2] = s[n / 2];
		p[n - 1] = s[n - 1];
	}
	return p + n;
}

/* A number of 128 bits; at most 40 bytes. */
char *eu_fmt_u128(char *p, uint64_t high, uint64_t low);
/*
 * The shortest text that reads back as the same double, or as the same float
 * if @single: at most EU_FMT_REAL bytes, with a point whatever the locale of
 * the process has. "null" for what JSON has no number for.
 */
char *eu_fmt_real(char *p, double d, bool single);
/* @n bytes as 2 @n digits. */
char *eu_fmt_hexdump(char *p, const void *data, size_t n);

/*
 * The text @s up to its first NUL, but no more than @n bytes, as a JSON string
 * with its quotes; at most EU_FMT_BYTE * n + 2 bytes. What is no UTF-8 becomes
 * U+FFFD, one for each maximal part of a broken character as Unicode
 * recommends, so that a character cut off by a buffer's end is valid too.
 */
char *eu_fmt_json(char *p, const char *s, size_t n);

/* What it writes between the quotes. */
char *eu_fmt_json_rest(char *p, const char *s, size_t n);

/*
 * The same for a line of text: no quotes, control characters as \n, \t, \r,
 * \x1b. Adds the terminal columns of what it wrote to *@columns.
 */
char *eu_fmt_text(char *p, const char *s, size_t n, size_t *columns);

#endif
