/* SPDX-License-Identifier: MIT */
#include "wasm/bytes.h"

#include <errno.h>

enum {
	HEADER = 8,
	CUSTOM_SECTION = 0,
	IMPORT_SECTION = 2,
	TABLE_SECTION = 4,
	EXPORT_SECTION = 7,
	TAG_SECTION = 13,
	TABLE_KIND = 1,
	MAX_LEB = 5,
};

/* A place in the bytes; @bad at their end and ever after. */
struct cursor {
	const uint8_t *at, *end;
	bool bad;
};

static uint8_t byte(struct cursor *c)
{
	if (c->at == c->end) {
		c->bad = true;
		return 0;
	}
	return *c->at++;
}

static uint32_t number(struct cursor *c)
{
	uint32_t v = 0;
	uint8_t b;

	for (int i = 0; i < MAX_LEB; i++) {
		b = byte(c);
		v |= (uint32_t)(b & 0x7f) << 7 * i;
		if (!(b & 0x80))
			return v;
	}
	c->bad = true;
	return 0;
}

static void skip(struct cursor *c, uint32_t n)
{
	if (n > (size_t)(c->end - c->at))
		c->bad = true;
	else
		c->at += n;
}

static void put_number(struct eu_buf *b, uint32_t v)
{
	do {
		eu_buf_putc(b, (v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		v >>= 7;
	} while (v);
}

/* Is a table among the exports? Of what is broken nothing is made either. */
static bool exports_table(struct cursor c)
{
	bool yes = false;

	for (uint32_t n = number(&c); n && !c.bad && !yes; n--) {
		skip(&c, number(&c));
		yes = byte(&c) == TABLE_KIND;
		number(&c);
	}
	return yes || c.bad || c.at != c.end;
}

static bool imports_table(struct cursor c)
{
	uint8_t kind;

	for (uint32_t n = number(&c); n && !c.bad; n--) {
		skip(&c, number(&c));
		skip(&c, number(&c));
		kind = byte(&c);
		if (kind == TABLE_KIND)
			return true;
		/* Functions are what guests import; the rest is not measured. */
		if (kind != 0)
			return false;
		number(&c);
	}
	return false;
}

/* The export section with one more; @old: its content, empty if there is none. */
static void put_exports(struct eu_buf *b, struct cursor old)
{
	static const char name[] = "__indirect_function_table";
	eu_auto_buf struct eu_buf content = EU_BUF(64 << 20);
	uint32_t n = old.at == old.end ? 0 : number(&old);

	put_number(&content, n + 1);
	eu_buf_put(&content, old.at, old.end - old.at);
	put_number(&content, sizeof(name) - 1);
	eu_buf_put(&content, name, sizeof(name) - 1);
	eu_buf_putc(&content, TABLE_KIND);
	put_number(&content, 0);
	eu_buf_putc(b, EXPORT_SECTION);
	put_number(b, content.len);
	eu_buf_put(b, content.data, content.len);
	b->error = b->error ?: content.error;
}

/* One section: its number and content; false at the end. */
static bool next_section(struct cursor *c, uint8_t *id, struct cursor *content)
{
	uint32_t n;

	if (c->at == c->end)
		return false;
	*id = byte(c);
	n = number(c);
	*content = (struct cursor){ .at = c->at };
	skip(c, n);
	content->end = c->at;
	return !c->bad;
}

/* Has it a table that nobody outside can reach? */
static bool hides_table(struct cursor c)
{
	struct cursor s;
	bool has = false;
	uint8_t id;

	while (next_section(&c, &id, &s)) {
		has = has || id == TABLE_SECTION ||
		      (id == IMPORT_SECTION && imports_table(s));
		if (id == EXPORT_SECTION && exports_table(s))
			return false;
	}
	return has && !c.bad;
}

/* Sections come in the order of their numbers, but for what came later. */
static bool not_before_exports(uint8_t id)
{
	return id >= EXPORT_SECTION && id != TAG_SECTION;
}

int eu_bytes_export_table(const void *wasm, size_t len, struct eu_buf *ret,
			  struct eu_error *err)
{
	const uint8_t *data = wasm, *from;
	struct cursor c = { data + HEADER, data + len, false }, s;
	bool done = false;
	uint8_t id;

	if (len < HEADER || !hides_table(c))
		return 0;
	eu_buf_put(ret, wasm, HEADER);
	for (from = c.at; next_section(&c, &id, &s); from = c.at) {
		if (!done && not_before_exports(id)) {
			put_exports(ret, id == EXPORT_SECTION ?
						 s :
						 (struct cursor){ s.at, s.at });
			done = true;
			if (id == EXPORT_SECTION)
				continue;
		}
		eu_buf_put(ret, from, c.at - from);
	}
	if (!done)
		put_exports(ret, (struct cursor){ c.at, c.at });
	return ret->error ? eu_error_oom(err) : 0;
}
