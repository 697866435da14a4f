/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_FAST_H
#define EU_OUT_FAST_H

/*
 * The common values without a call for each step: numbers and strings of
 * records that are all there. Everything else returns NULL and is written by
 * out/value.h; the text is the same.
 */

#include <string.h>

#include "base/fmt.h"
#include "out/value.h"

static inline char *eu_fast_number(char *p, const struct eu_step *s,
				   const char *data)
{
	uint64_t u8;
	uint32_t u4;
	uint16_t u2;

	switch (s->fast) {
	case EU_FAST_U8: return eu_fmt_u64(p, *(const uint8_t *)data);
	case EU_FAST_U16: memcpy(&u2, data, 2); return eu_fmt_u64(p, u2);
	case EU_FAST_U32: memcpy(&u4, data, 4); return eu_fmt_u64(p, u4);
	case EU_FAST_U64: memcpy(&u8, data, 8); return eu_fmt_u64(p, u8);
	case EU_FAST_I8: return eu_fmt_i64(p, *(const int8_t *)data);
	case EU_FAST_I16:
		memcpy(&u2, data, 2);
		return eu_fmt_i64(p, (int16_t)u2);
	case EU_FAST_I32:
		memcpy(&u4, data, 4);
		return eu_fmt_i64(p, (int32_t)u4);
	case EU_FAST_I64:
		memcpy(&u8, data, 8);
		return eu_fmt_i64(p, (int64_t)u8);
	case EU_FAST_BOOL:
		memcpy(p, *data ? "true " : "false", 5);
		return p + (*data ? 4 : 5);
	default: return NULL;
	}
}

/* A short text behind which EU_FAST_SLACK bytes may be read and written. */
enum { EU_FAST_SLACK = 16 };

static inline char *eu_fast_copy(char *p, const char *s, size_t n)
{
	memcpy(p, s, EU_FAST_SLACK);
	if (__builtin_expect(n > EU_FAST_SLACK, 0))
		memcpy(p + EU_FAST_SLACK, s + EU_FAST_SLACK, n - EU_FAST_SLACK);
	return p + n;
}

/* @n spaces, with the same room behind them. */
static inline char *eu_fast_pad(char *p, size_t n)
{
	memcpy(p, "                ", 16);
	if (__builtin_expect(n > 16, 0))
		memset(p + 16, ' ', n - 16);
	return p + n;
}

#endif
