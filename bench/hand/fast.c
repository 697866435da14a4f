/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "rows.h"

/*
 * The tricks of ours, by hand for the one struct: digits three at a time, the
 * time once a second, strings sixteen bytes at a time, one write a batch, and
 * what could harm a terminal or a JSON reader escaped.
 */

enum {
	BUFFER = 128 << 10,
	FLUSH_AT = 64 << 10, /* a row is a thousand bytes at most */
};

static char buffer[BUFFER];
static char *at = buffer;
static char clock_text[9];

/* Of numbers below 1000 all three digits, or those that count and how many. */
static char triples[1000][4], shorts[1000][4];

static void fill_digits(void)
{
	char text[16];

	for (int i = 0; i < 1000; i++) {
		sprintf(text, "%03d", i);
		memcpy(triples[i], text, 4);
		shorts[i][3] = (char)sprintf(text, "%d", i);
		memcpy(shorts[i], text, 3);
	}
}

static void flush(void)
{
	const char *p = buffer;
	ssize_t n;

	while (p < at) {
		n = write(STDOUT_FILENO, p, at - p);
		if (n < 0)
			exit(1);
		p += n;
	}
	at = buffer;
}

static inline char *put_three(char *p, uint32_t v)
{
	memcpy(p, triples[v], 4);
	return p + 3;
}

static inline char *put_short(char *p, uint32_t v)
{
	memcpy(p, shorts[v], 4);
	return p + shorts[v][3];
}

static char *put_long(char *p, uint64_t v)
{
	if (v < 1000)
		return put_short(p, v);
	return put_three(put_long(p, v / 1000), v % 1000);
}

static inline char *put_u64(char *p, uint64_t v)
{
	uint32_t low = v;

	if (v < 1000)
		return put_short(p, low);
	if (v >= 1000000000)
		return put_long(p, v);
	if (v < 1000000) {
		p = put_short(p, low / 1000);
	} else {
		p = put_short(p, low / 1000000);
		p = put_three(p, low / 1000 % 1000);
	}
	return put_three(p, low % 1000);
}

static inline char *put_int(char *p, int v)
{
	if (v >= 0)
		return put_u64(p, v);
	*p++ = '-';
	return put_u64(p, -(int64_t)v);
}

static char *put_escaped(char *p, unsigned char c, bool json)
{
	static const char hex[] = "0123456789abcdef";

	if (c >= 0x20 && (!json || (c != '"' && c != '\\'))) {
		*p++ = c;
		return p;
	}
	*p++ = '\\';
	if (c == '"' || c == '\\') {
		*p++ = c;
		return p;
	}
	memcpy(p, json ? "u00" : "x", json ? 3 : 1);
	p += json ? 3 : 1;
	*p++ = hex[c >> 4];
	*p++ = hex[c & 15];
	return p;
}

/* Below 0x20, above ASCII, in JSON '"' and '\\': the lowest has its top bit. */
static inline uint64_t special(uint64_t w, bool json)
{
	const uint64_t ones = ~0ull / 255;

	if (!json)
		return ((w - ones * 0x20) | w) & ones * 0x80;

	return ((w - ones * 0x20) | ((w ^ ones * '"') - ones) |
		((w ^ ones * '\\') - ones) | w) &
	       ones * 0x80;
}

#ifdef __SSE2__
/* The same for the sixteen bytes at @s, which are copied; a bit for each. */
static inline unsigned int copy_sixteen(char *p, const char *s, bool json)
{
	__m128i w = _mm_loadu_si128((const void *)s), m;

	_mm_storeu_si128((void *)p, w);
	m = _mm_cmplt_epi8(w, _mm_set1_epi8(0x20));
	if (json) {
		m = _mm_or_si128(m, _mm_cmpeq_epi8(w, _mm_set1_epi8('"')));
		m = _mm_or_si128(m, _mm_cmpeq_epi8(w, _mm_set1_epi8('\\')));
	}
	return _mm_movemask_epi8(m);
}
#endif

static inline char *put_string(char *p, const char *s, size_t n, bool json)
{
	const char *end = s + n;
	uint64_t w, m;

#ifdef __SSE2__
	while (end - s >= 16) {
		m = copy_sixteen(p, s, json);
		n = m ? __builtin_ctzll(m) : 16;
		p += n;
		s += n;
		if (!m)
			continue;
		if (!*s)
			return p;
		p = put_escaped(p, *s++, json);
	}
#endif
	while (end - s >= 8) {
		memcpy(&w, s, 8);
		memcpy(p, &w, 8);
		m = special(w, json);
		n = m ? __builtin_ctzll(m) >> 3 : 8;
		p += n;
		s += n;
		if (!m)
			continue;
		if (!*s)
			return p;
		p = put_escaped(p, *s++, json);
	}
	while (s < end && *s)
		p = put_escaped(p, *s++, json);
	return p;
}

/* Up to column @to of the row that begins at @row, one space at least. */
static inline char *pad(char *p, const char *row, int to)
{
	int n = to - (int)(p - row);

	memset(p, ' ', 12);
	return p + (n > 0 ? n : 1);
}

static inline char *put_bool(char *p, bool v)
{
	memcpy(p, v ? "true" : "false", 5);
	return p + 5 - v;
}

void rows_begin(bool json)
{
	fill_digits();
	if (!json) {
		memcpy(at, ROWS_HEADER, strlen(ROWS_HEADER));
		at += strlen(ROWS_HEADER);
	}
	flush();
}

static void tick(void)
{
	static time_t last;
	time_t now = time(NULL);
	struct tm tm;

	if (now == last)
		return;
	localtime_r(&now, &tm);
	strftime(clock_text, sizeof(clock_text), "%H:%M:%S", &tm);
	last = now;
}

void rows_text(const struct event *e)
{
	char *row = at, *p = row + 9;

	if (row == buffer)
		tick();
	memcpy(row, clock_text, 8);
	row[8] = ' ';
	p = pad(put_int(p, e->pid), row, 16);
	p = pad(put_int(p, e->ppid), row, 23);
	p = pad(put_u64(p, e->exit_code), row, 33);
	p = pad(put_u64(p, e->duration_ns), row, 45);
	p = pad(put_string(p, e->comm, sizeof(e->comm), false), row, 52);
	p = pad(put_string(p, e->filename, sizeof(e->filename), false), row, 61);
	p = put_bool(p, e->exit_event);
	*p++ = '\n';
	at = p;
	if (at - buffer >= FLUSH_AT)
		flush();
}

#define PUT(p, text) \
	(memcpy((p), (text), sizeof(text) - 1), (p) + sizeof(text) - 1)

void rows_json(const struct event *e)
{
	char *p = at;

	p = put_int(PUT(p, "{\"pid\":"), e->pid);
	p = put_int(PUT(p, ",\"ppid\":"), e->ppid);
	p = put_u64(PUT(p, ",\"exit_code\":"), e->exit_code);
	p = put_u64(PUT(p, ",\"duration_ns\":"), e->duration_ns);
	p = put_string(PUT(p, ",\"comm\":\""), e->comm, sizeof(e->comm), true);
	p = put_string(PUT(p, "\",\"filename\":\""), e->filename,
		       sizeof(e->filename), true);
	p = put_bool(PUT(p, "\",\"exit_event\":"), e->exit_event);
	at = PUT(p, "}\n");
	if (at - buffer >= FLUSH_AT)
		flush();
}

void rows_end_batch(void)
{
	flush();
}
