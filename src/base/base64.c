/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include <ctype.h>
#include <errno.h>

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void eu_base64_encode(const void *data, size_t n, struct eu_buf *out)
{
	const unsigned char *p = data;
	char *to;
	uint32_t v;

	if (!n || !eu_buf_room(out, (n + 2) / 3 * 4))
		return;
	to = out->data + out->len;
	for (; n > 2; n -= 3, p += 3) {
		v = p[0] << 16 | p[1] << 8 | p[2];
		*to++ = alphabet[v >> 18];
		*to++ = alphabet[v >> 12 & 63];
		*to++ = alphabet[v >> 6 & 63];
		*to++ = alphabet[v & 63];
	}
	if (n) {
		v = p[0] << 16 | (n > 1 ? p[1] << 8 : 0);
		*to++ = alphabet[v >> 18];
		*to++ = alphabet[v >> 12 & 63];
		*to++ = n > 1 ? alphabet[v >> 6 & 63] : '=';
		*to++ = '=';
	}
	out->len = to - out->data;
}

/* A digit's value plus one; 0: no digit. */
static const uint8_t digits_of[256] = {
	['A'] = 1, 2,  3,	   4,	       5,  6,  7,	   8,  9,  10,
	11,	   12, 13,	   14,	       15, 16, 17,	   18, 19, 20,
	21,	   22, 23,	   24,	       25, 26, ['a'] = 27, 28, 29, 30,
	31,	   32, 33,	   34,	       35, 36, 37,	   38, 39, 40,
	41,	   42, 43,	   44,	       45, 46, 47,	   48, 49, 50,
	51,	   52, ['0'] = 53, 54,	       55, 56, 57,	   58, 59, 60,
	61,	   62, ['+'] = 63, ['/'] = 64,
};

static int digit(unsigned char c)
{
	return digits_of[c] - 1;
}

/* Whole groups of four digits from the start on. Returns their characters. */
static size_t decode_groups(const char *text, size_t n, char *to)
{
	const unsigned char *s = (const unsigned char *)text;
	int a, b, c, d;
	size_t i;

	for (i = 0; i + 4 <= n; i += 4) {
		a = digit(s[i]);
		b = digit(s[i + 1]);
		c = digit(s[i + 2]);
		d = digit(s[i + 3]);
		if ((a | b | c | d) < 0)
			break;
		*to++ = a << 2 | b >> 4;
		*to++ = b << 4 | c >> 2;
		*to++ = c << 6 | d;
	}
	return i;
}

static int bad(struct eu_error *err, unsigned char c, size_t at)
{
	if (isprint(c))
		return eu_error_set(err, -EINVAL,
				    "'%c' at offset %zu is not base64", c, at);
	return eu_error_set(err, -EINVAL,
			    "byte 0x%02x at offset %zu is not base64", c, at);
}

int eu_base64_decode(const char *text, size_t n, struct eu_buf *out,
		     struct eu_error *err)
{
	unsigned int digits = 0, pads = 0;
	uint32_t v = 0;
	char *to;
	size_t i;
	int d;

	if (!eu_buf_room(out, n / 4 * 3 + 3))
		return eu_error_set(err, out->error, "base64 text is too long");
	to = out->data + out->len;
	i = decode_groups(text, n, to);
	to += i / 4 * 3;
	for (; i < n; i++) {
		unsigned char c = text[i];

		if (isspace(c))
			continue;
		d = c == '=' ? 0 : digit(c);
		if (d < 0 || (pads && c != '='))
			return bad(err, c, i);
		if (c == '=' && (digits < 2 || ++pads > 2))
			return bad(err, c, i);
		v = v << 6 | d;
		if (++digits < 4)
			continue;
		*to++ = v >> 16;
		if (pads < 2)
			*to++ = v >> 8;
		if (!pads)
			*to++ = v;
		digits = 0;
		v = 0;
		/* Padding ends the text. */
		if (pads)
			for (i++; i < n; i++)
				if (!isspace((unsigned char)text[i]))
					return bad(err, text[i], i);
	}
	if (digits)
		return eu_error_set(err, -EINVAL,
				    "base64 text ends early: cut or unpadded");
	out->len = to - out->data;
	return 0;
}
