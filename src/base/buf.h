/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_BUF_H
#define EU_BASE_BUF_H

/*
 * A growing byte buffer that is born with a maximum.
 *
 * Writers do not return errors: the first one that does not fit (or finds no
 * memory) sets @error and adds nothing, and so do all after it until clear.
 * Whoever takes the bytes looks at @error once. What is written is never half
 * of one call.
 */

#include <string.h>

#include "base/util.h"

struct eu_buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;
	int error; /* 0, -ENOMEM or -E2BIG */
};

#define EU_BUF(limit)          \
	{                      \
		.max = (limit) \
	}

void eu_buf_init(struct eu_buf *b, size_t max);
void eu_buf_done(struct eu_buf *b);
/* Empty again, memory kept, error forgotten. */
void eu_buf_clear(struct eu_buf *b);

#define eu_auto_buf EU_CLEANUP(eu_buf_done)

/* Room for @n more bytes behind @len. False, and @error set, if not to be had. */
bool eu_buf_grow(struct eu_buf *b, size_t n);

static inline bool eu_buf_room(struct eu_buf *b, size_t n)
{
	return (b->cap - b->len >= n && !b->error) || eu_buf_grow(b, n);
}

static inline void eu_buf_put(struct eu_buf *b, const void *p, size_t n)
{
	if (n && eu_buf_room(b, n)) {
		memcpy(b->data + b->len, p, n);
		b->len += n;
	}
}

static inline void eu_buf_putc(struct eu_buf *b, char c)
{
	if (eu_buf_room(b, 1))
		b->data[b->len++] = c;
}

static inline void eu_buf_puts(struct eu_buf *b, const char *s)
{
	eu_buf_put(b, s, strlen(s));
}

void eu_buf_printf(struct eu_buf *b, const char *fmt, ...) EU_PRINTF(2, 3);
/* @n times @c. */
void eu_buf_fill(struct eu_buf *b, char c, size_t n);

void eu_buf_u64(struct eu_buf *b, uint64_t v);
void eu_buf_i64(struct eu_buf *b, int64_t v);
/* As eu_fmt_json() writes it. */
void eu_buf_json(struct eu_buf *b, const char *s, size_t n);

/* A NUL behind the bytes, not counted; NULL if @error. */
const char *eu_buf_str(struct eu_buf *b);

/* The bytes with a NUL behind them, to be freed by the caller; NULL if @error. */
char *eu_buf_take(struct eu_buf *b, size_t *ret_len);

#endif
