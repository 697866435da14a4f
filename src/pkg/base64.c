/* SPDX-License-Identifier: MIT */
#include "pkg/base64.h"

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

static int digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
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
	for (i = 0; i < n; i++) {
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
