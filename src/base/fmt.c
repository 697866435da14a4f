/* SPDX-License-Identifier: MIT */
#include "base/fmt.h"

#include <endian.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const char digit_pairs[] = "0001020304050607080910111213141516171819"
				  "2021222324252627282930313233343536373839"
				  "4041424344454647484950515253545556575859"
				  "6061626364656667686970717273747576777879"
				  "8081828384858687888990919293949596979899";

/* clang-format off */
#define TEN(x, t)							\
	x(t "0") x(t "1") x(t "2") x(t "3") x(t "4")			\
	x(t "5") x(t "6") x(t "7") x(t "8") x(t "9")
#define NINE(x)								\
	x("1") x("2") x("3") x("4") x("5") x("6") x("7") x("8") x("9")
#define ONE(t) t "\0\0\1"
#define TWO(t) t "\0\2"
#define THREE(t) t "\3"
#define TWOS(t) TEN(TWO, t)
#define THREES(t) TEN(THREE, t)
#define HUNDRED(t)							\
	THREES(t "0") THREES(t "1") THREES(t "2") THREES(t "3")		\
	THREES(t "4") THREES(t "5") THREES(t "6") THREES(t "7")		\
	THREES(t "8") THREES(t "9")
const char eu_fmt_short[4001] __attribute__((aligned(64))) =
	TEN(ONE, "") NINE(TWOS) NINE(HUNDRED);
const char eu_fmt_triples[4001] __attribute__((aligned(64))) =
	HUNDRED("0") NINE(HUNDRED);
/* clang-format on */

static const char hex_digits[] = "0123456789abcdef";

/* One or two digits. */
static inline char *put_short(char *p, uint32_t v)
{
	if (v < 10) {
		*p = (char)('0' + v);
		return p + 1;
	}
	memcpy(p, digit_pairs + v * 2, 2);
	return p + 2;
}

/* Below 10,000: without zeros in front, and always four digits. */
static inline char *put_four(char *p, uint32_t v)
{
	if (v < 100)
		return put_short(p, v);
	p = put_short(p, v / 100);
	memcpy(p, digit_pairs + v % 100 * 2, 2);
	return p + 2;
}

static inline char *put_all_four(char *p, uint32_t v)
{
	memcpy(p, digit_pairs + v / 100 * 2, 2);
	memcpy(p + 2, digit_pairs + v % 100 * 2, 2);
	return p + 4;
}

/* Below 100,000,000. */
static inline char *put_eight(char *p, uint32_t v)
{
	if (v < 10000)
		return put_four(p, v);
	p = put_four(p, v / 10000);
	return put_all_four(p, v % 10000);
}

static char *put_all_eight(char *p, uint32_t v)
{
	p = put_all_four(p, v / 10000);
	return put_all_four(p, v % 10000);
}

char *eu_fmt_u64_long(char *p, uint64_t v)
{
	const uint32_t part = 100000000;

	if (v < part)
		return put_eight(p, (uint32_t)v);
	if (v < (uint64_t)part * part)
		p = put_eight(p, (uint32_t)(v / part));
	else
		p = put_all_eight(put_four(p, (uint32_t)(v / part / part)),
				  (uint32_t)(v / part % part));
	return put_all_eight(p, (uint32_t)(v % part));
}

/* The eight digits of @v, the first one in the lowest byte. */
static uint64_t eight_digits(uint32_t v)
{
	const uint64_t ones = ~0ull / 255;
	uint64_t x = v, letters;

	x = (x << 32 | x >> 16) & 0x0000ffff0000ffffull;
	x = (x << 16 | x >> 8) & 0x00ff00ff00ff00ffull;
	x = (x << 8 | x >> 4) & 0x0f0f0f0f0f0f0f0full;
	letters = (x + ones * 6) >> 4 & ones;
	return htole64(x + ones * '0' + letters * ('a' - '0' - 10));
}

char *eu_fmt_hex(char *p, uint64_t v)
{
	int n = v ? (67 - __builtin_clzll(v)) / 4 : 1;
	uint64_t text;

	/* The digits that count at the top, and what follows them is not kept. */
	v <<= 64 - n * 4;
	text = eight_digits((uint32_t)(v >> 32));
	memcpy(p, &text, 8);
	if (n > 8) {
		text = eight_digits((uint32_t)v);
		memcpy(p + 8, &text, 8);
	}
	return p + n;
}

/* By long division: 32-bit machines have no type of 128 bits. */
char *eu_fmt_u128(char *p, uint64_t high, uint64_t low)
{
	const uint32_t part = 1000000000;
	uint32_t w[] = { high >> 32, (uint32_t)high, low >> 32, (uint32_t)low };
	char tmp[45], *q = tmp + sizeof(tmp);
	uint64_t rest;

	while (w[0] | w[1]) {
		rest = 0;
		for (size_t i = 0; i < EU_COUNT(w); i++) {
			rest = rest << 32 | w[i];
			w[i] = (uint32_t)(rest / part);
			rest %= part;
		}
		for (int i = 0; i < 9; i++, rest /= 10)
			*--q = '0' + (char)(rest % 10);
	}
	p = eu_fmt_u64(p, (uint64_t)w[2] << 32 | w[3]);
	memcpy(p, q, tmp + sizeof(tmp) - q);
	return p + (tmp + sizeof(tmp) - q);
}

/*
 * As printf would, for what has up to 15 digits (6 of a float) and no exponent;
 * NULL for all else. A quotient of two exact numbers is rounded as strtod()
 * rounds that decimal fraction; to a float it is rounded twice, which makes no
 * difference for operands as short as these.
 */
static char *put_short_real(char *p, double d, bool single)
{
	const double below = single ? 1e6 : 1e15;
	double a = d < 0 ? -d : d, power = 1, q;
	char digits[EU_FMT_REAL], *end;
	uint64_t n;

	if (!a && !signbit(d)) {
		*p++ = '0';
		return p;
	}
	if (!(a >= 1e-4 && a < below))
		return NULL;
	for (int k = 0; a * power < below; k++, power *= 10) {
		n = (uint64_t)(a * power + 0.5);
		q = (double)n / power;
		if (n >= (uint64_t)below ||
		    (single ? (float)q != (float)a : q != a))
			continue;
		if (d < 0)
			*p++ = '-';
		p = eu_fmt_u64(p, n / (uint64_t)power);
		if (!k)
			return p;
		*p++ = '.';
		end = eu_fmt_u64(digits, n % (uint64_t)power);
		memset(p, '0', k);
		memcpy(p + k - (end - digits), digits, end - digits);
		return p + k;
	}
	return NULL;
}

char *eu_fmt_real(char *p, double d, bool single)
{
	char *end = put_short_real(p, d, single);
	int digits = single ? 6 : 15, most = single ? 9 : 17;
	/* Both C libraries at hand have the locale "C" built in. */
	locale_t c, before;
	char text[EU_FMT_REAL] = "null";

	if (end)
		return end;
	c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	before = uselocale(c);
	for (; isfinite(d) && digits <= most; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, d);
		if (single ? strtof(text, NULL) == (float)d :
			     strtod(text, NULL) == d)
			break;
	}
	uselocale(before);
	freelocale(c);
	digits = (int)strlen(text);
	memcpy(p, text, digits);
	return p + digits;
}

char *eu_fmt_hexdump(char *p, const void *data, size_t n)
{
	const unsigned char *s = data;

	for (size_t i = 0; i < n; i++) {
		*p++ = hex_digits[s[i] >> 4];
		*p++ = hex_digits[s[i] & 15];
	}
	return p;
}

/*
 * Bytes of @w that JSON does not take as they are have their top bit set in
 * the result: below 0x20 (NUL among them), '"', '\\', and all from 0x80 up.
 * Exact up to and including the lowest such byte; no more is looked at.
 */
static inline uint64_t special_bytes(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101ull;
	const uint64_t tops = 0x8080808080808080ull;
	uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');

	/* Adding one carries DEL into the top bit, too. */
	return ((w - ones * 0x20) | (quote - ones) | (slash - ones) | w |
		(w + ones)) &
	       tops;
}

/* Copies what needs no escape. Returns its length. */
static inline size_t copy_plain(char *p, const char *s, size_t n)
{
	size_t i = 0;
	unsigned char c;
	uint64_t w, m;

	for (; i + 8 <= n; i += 8) {
		memcpy(&w, s + i, 8);
		/* There is room for six times as much. */
		memcpy(p + i, &w, 8);
		m = special_bytes(le64toh(w));
		if (m)
			return i + (__builtin_ctzll(m) >> 3);
	}
	for (; i < n; i++) {
		c = s[i];
		if (c < 0x20 || c == '"' || c == '\\' || c >= 0x7f)
			break;
		p[i] = c;
	}
	return i;
}

/* A character above ASCII, or U+FFFD. Returns the bytes read. */
static size_t put_wide(char **p, const char *s, size_t n, uint32_t *ret_cp)
{
	const char *nul = memchr(s, 0, eu_min(n, (size_t)4));
	size_t step;

	step = eu_utf8_next(s, nul ? (size_t)(nul - s) : n, ret_cp);
	if (*ret_cp == 0xfffd) {
		memcpy(*p, "\xef\xbf\xbd", 3);
		*p += 3;
	} else {
		memcpy(*p, s, step);
		*p += step;
	}
	return step;
}

static char short_escape(unsigned char c)
{
	switch (c) {
	case '\n': return 'n';
	case '\t': return 't';
	case '\r': return 'r';
	case '\b': return 'b';
	case '\f': return 'f';
	case '"':
	case '\\': return c;
	default: return 0;
	}
}

static char *escape(char *p, unsigned char c, const char *prefix)
{
	char e = short_escape(c);

	*p++ = '\\';
	if (e) {
		*p++ = e;
		return p;
	}
	while (*prefix)
		*p++ = *prefix++;
	*p++ = hex_digits[c >> 4];
	*p++ = hex_digits[c & 15];
	return p;
}

char *eu_fmt_json_rest(char *p, const char *s, size_t n)
{
	size_t run;
	uint32_t cp;

	for (;;) {
		run = copy_plain(p, s, n);
		p += run;
		s += run;
		n -= run;
		if (!n || !*s)
			break;
		run = 1;
		if ((unsigned char)*s >= 0x80)
			run = put_wide(&p, s, n, &cp);
		else
			p = escape(p, *s, "u00");
		s += run;
		n -= run;
	}
	return p;
}

char *eu_fmt_json(char *p, const char *s, size_t n)
{
	*p++ = '"';
	p = eu_fmt_json_rest(p, s, n);
	*p++ = '"';
	return p;
}

char *eu_fmt_text(char *p, const char *s, size_t n, size_t *columns)
{
	char *from = p;
	size_t run, wide = 0;
	uint32_t cp;

	for (;;) {
		run = copy_plain(p, s, n);
		p += run;
		s += run;
		n -= run;
		if (!n || !*s)
			break;
		run = 1;
		if ((unsigned char)*s >= 0x80) {
			char *at = p;

			run = put_wide(&p, s, n, &cp);
			/* Terminals take some above ASCII for control, too. */
			if (cp < 0xa0)
				p = escape(at, (unsigned char)cp, "x");
			else /* bytes written less columns taken */
				wide += p - at - eu_utf8_width(cp);
		} else if (*s == '"' || *s == '\\') {
			*p++ = *s;
		} else {
			p = escape(p, *s, "x");
		}
		s += run;
		n -= run;
	}
	*columns += p - from - wide;
	return p;
}
