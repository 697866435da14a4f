/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_FAST_H
#define EU_OUT_FAST_H

/*
 * The common values without a call for each step: numbers and strings of
 * records that are all there. Everything else is written by out/value.h; the
 * text is the same. Up to EU_FAST_SLACK bytes are written behind its end.
 */

#include <endian.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/fmt.h"
#include "out/value.h"

/* A short text behind which EU_FAST_SLACK bytes may be read and written. */
enum { EU_FAST_SLACK = 16 };

/* @v below 1000: three digits, or those without zeros in front. */
static inline char *eu_fast_three(char *p, uint32_t v)
{
	memcpy(p, eu_fmt_triples + v * 4, 4);
	return p + 3;
}

static inline char *eu_fast_up_to_three(char *p, uint32_t v)
{
	uint32_t w;

	memcpy(&w, eu_fmt_short + v * 4, 4);
	memcpy(p, &w, 4);
	return p + (le32toh(w) >> 24);
}

static inline __attribute__((always_inline)) char *eu_fast_u64(char *p,
							       uint64_t big)
{
	uint32_t v = (uint32_t)big;

	if (big < 1000)
		return eu_fast_up_to_three(p, v);
	if (big < 1000000) {
		p = eu_fast_up_to_three(p, v / 1000);
		return eu_fast_three(p, v % 1000);
	}
	if (big >= 1000000000)
		return eu_fmt_u64_long(p, big);
	p = eu_fast_up_to_three(p, v / 1000000);
	p = eu_fast_three(p, v / 1000 % 1000);
	return eu_fast_three(p, v % 1000);
}

static inline __attribute__((always_inline)) char *eu_fast_i64(char *p, int64_t v)
{
	if (v >= 0)
		return eu_fast_u64(p, (uint64_t)v);
	*p++ = '-';
	return eu_fast_u64(p, -(uint64_t)v);
}

static inline char *eu_fast_bool(char *p, bool v)
{
	memcpy(p, v ? "true\0\0\0" : "false\0\0", 8);
	return p + 5 - v;
}

/*
 * Copy the 16 or 8 bytes at @s. The lowest bit of what they return is of the
 * first byte that needs care (a byte has one bit, or eight): those below 0x20
 * and from DEL on, with @json '"' and '\\' too.
 */
#ifdef __SSE2__
static inline unsigned int eu_fast_sixteen(char *p, const char *s, bool json)
{
	__m128i w = _mm_loadu_si128((const void *)s), m;

	_mm_storeu_si128((void *)p, w);
	/* One more, as signed ones: DEL and all above are below 0x21, too. */
	m = _mm_cmplt_epi8(_mm_add_epi8(w, _mm_set1_epi8(1)),
			   _mm_set1_epi8(0x21));
	if (json) {
		m = _mm_or_si128(m, _mm_cmpeq_epi8(w, _mm_set1_epi8('"')));
		m = _mm_or_si128(m, _mm_cmpeq_epi8(w, _mm_set1_epi8('\\')));
	}
	return (unsigned int)_mm_movemask_epi8(m);
}
#endif

static inline uint64_t eu_fast_eight(char *p, const char *s, bool json)
{
	const uint64_t ones = ~0ull / 255;
	uint64_t w, m;

	memcpy(&w, s, 8);
	memcpy(p, &w, 8);
	w = le64toh(w);
	/* Adding one carries DEL into the top bit, too. */
	m = (w - ones * 0x20) | w | (w + ones);
	if (json)
		m |= ((w ^ ones * '"') - ones) | ((w ^ ones * '\\') - ones);
	return m & ones * 0x80;
}

/*
 * Copies a string many bytes at a time as far as nothing in it needs care.
 * True if that was all of it; else *@s and *@n are the rest.
 */
static inline __attribute__((always_inline)) bool eu_fast_string(char **p,
								 const char **s,
								 size_t *n,
								 bool json)
{
	size_t plain;
	uint64_t care;

#ifdef __SSE2__
	for (; *n >= 16; *p += 16, *s += 16, *n -= 16) {
		care = eu_fast_sixteen(*p, *s, json);
		if (care) {
			plain = (size_t)__builtin_ctzll(care);
			goto out;
		}
	}
#endif
	for (; *n >= 8; *p += 8, *s += 8, *n -= 8) {
		care = eu_fast_eight(*p, *s, json);
		if (care) {
			plain = (size_t)__builtin_ctzll(care) / 8;
			goto out;
		}
	}
	return !*n || !**s;
out:
	*p += plain;
	*s += plain;
	*n -= plain;
	return !**s;
}

#define EU_FAST_LOAD(type, p)                       \
	({                                          \
		type load_;                         \
		memcpy(&load_, (p), sizeof(load_)); \
		load_;                              \
	})

/* clang-format off */
/*
 * The members of a record, one behind the other: a label for each way, in the
 * order of enum eu_fast, and what it does with the value at @at, which is
 * written at @p. Each ends with @NEXT, a jump to the label of the next member:
 * processors predict many jumps better than the one of a switch (a row takes
 * a tenth more with that). The labels from string on are the caller's, but for
 * those of EU_FAST_BIT_FIELDS, which need the member's @step.
 */
#define EU_FAST_LABELS							\
	&&u8, &&u16, &&u32, &&u64, &&i8, &&i16, &&i32, &&i64,		\
	&&boolean, &&string, &&bits, &&sbits, &&enumeration, &&other

#define EU_FAST_NUMBERS(p, at, NEXT)					\
u8:	p = eu_fast_u64(p, EU_FAST_LOAD(uint8_t, at)); NEXT;		\
u16:	p = eu_fast_u64(p, EU_FAST_LOAD(uint16_t, at)); NEXT;		\
u32:	p = eu_fast_u64(p, EU_FAST_LOAD(uint32_t, at)); NEXT;		\
u64:	p = eu_fast_u64(p, EU_FAST_LOAD(uint64_t, at)); NEXT;		\
i8:	p = eu_fast_i64(p, EU_FAST_LOAD(int8_t, at)); NEXT;		\
i16:	p = eu_fast_i64(p, EU_FAST_LOAD(int16_t, at)); NEXT;		\
i32:	p = eu_fast_i64(p, EU_FAST_LOAD(int32_t, at)); NEXT;		\
i64:	p = eu_fast_i64(p, EU_FAST_LOAD(int64_t, at)); NEXT;		\
boolean: p = eu_fast_bool(p, *at); NEXT

#define EU_FAST_BIT_FIELDS(p, at, step, NEXT)				\
bits:	p = eu_fast_u64(p, eu_value_bits(step, at)); NEXT;		\
sbits:	p = eu_fast_i64(p, eu_value_sbits(step, at)); NEXT
/* clang-format on */

/* Spaces up to @to, at least one, with the same room behind them. */
static inline char *eu_fast_pad(char *p, const char *to)
{
	char *end = (char *)eu_max(to, (const char *)p + 1);

	memset(p, ' ', EU_FAST_SLACK);
	if (__builtin_expect(end - p > EU_FAST_SLACK, 0))
		memset(p, ' ', (size_t)(end - p));
	return end;
}

#endif
