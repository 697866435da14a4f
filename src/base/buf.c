/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/fmt.h"

void eu_buf_init(struct eu_buf *b, size_t max)
{
	*b = (struct eu_buf)EU_BUF(max);
}

void eu_buf_done(struct eu_buf *b)
{
	if (!b)
		return;
	free(b->data);
	eu_buf_init(b, b->max);
}

void eu_buf_clear(struct eu_buf *b)
{
	b->len = 0;
	b->error = 0;
}

bool eu_buf_grow(struct eu_buf *b, size_t n)
{
	size_t want, cap;
	char *p;

	if (b->error)
		return false;
	if (__builtin_add_overflow(b->len, n, &want) || want > b->max) {
		b->error = -E2BIG;
		return false;
	}
	if (want <= b->cap)
		return true;
	cap = eu_max(b->cap * 2, (size_t)256);
	cap = eu_min(eu_max(cap, want), b->max);
	p = realloc(b->data, cap);
	if (!p) {
		b->error = -ENOMEM;
		return false;
	}
	b->data = p;
	b->cap = cap;
	return true;
}

void eu_buf_printf(struct eu_buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!eu_buf_room(b, 1))
		return;
	va_start(ap, fmt);
	n = vsnprintf(b->data + b->len, b->cap - b->len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n < b->cap - b->len) {
		b->len += n < 0 ? 0 : n;
		return;
	}
	if (!eu_buf_room(b, (size_t)n + 1))
		return;
	va_start(ap, fmt);
	b->len += vsnprintf(b->data + b->len, b->cap - b->len, fmt, ap);
	va_end(ap);
}

void eu_buf_fill(struct eu_buf *b, char c, size_t n)
{
	if (n && eu_buf_room(b, n)) {
		memset(b->data + b->len, c, n);
		b->len += n;
	}
}

void eu_buf_u64(struct eu_buf *b, uint64_t v)
{
	if (eu_buf_room(b, EU_FMT_INT))
		b->len = eu_fmt_u64(b->data + b->len, v) - b->data;
}

void eu_buf_i64(struct eu_buf *b, int64_t v)
{
	if (eu_buf_room(b, EU_FMT_INT))
		b->len = eu_fmt_i64(b->data + b->len, v) - b->data;
}

void eu_buf_json(struct eu_buf *b, const char *s, size_t n)
{
	size_t most;

	if (__builtin_mul_overflow(n, (size_t)EU_FMT_BYTE, &most))
		most = SIZE_MAX - 2;
	if (eu_buf_room(b, most + 2))
		b->len = eu_fmt_json(b->data + b->len, s, n) - b->data;
}

const char *eu_buf_str(struct eu_buf *b)
{
	if (!eu_buf_room(b, 1))
		return NULL;
	b->data[b->len] = '\0';
	return b->data;
}

char *eu_buf_take(struct eu_buf *b, size_t *ret_len)
{
	char *p;

	if (!eu_buf_str(b))
		return NULL;
	p = b->data;
	if (ret_len)
		*ret_len = b->len;
	eu_buf_init(b, b->max);
	return p;
}
