/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_FIELD_H
#define EU_OUT_FIELD_H

/*
 * A member of a stream's records by its path, as users name it: "pid",
 * "addr.port", "list[2]". Of sampled maps those of the key come before those
 * of the value with the same name; "key." and "value." in front tell them
 * apart. A key or value that is no struct is "key" or "value".
 */

#include "out/record.h"

struct eu_field {
	const struct eu_layout *layout;
	struct eu_step step; /* a copy; its offset counts from @base */
	uint32_t base;	     /* bytes from the start of the key or value */
	bool in_key;
	bool top;	/* a member of the key or value itself */
	uint32_t index; /* of it there */
};

/* How values of a member are compared. */
enum eu_field_way {
	EU_FIELD_NUMBER, /* integers, enums, bool */
	EU_FIELD_REAL,
	EU_FIELD_TEXT,
	EU_FIELD_BYTES, /* addresses */
	EU_FIELD_NONE,	/* arrays, structs, bytes: not */
};
enum eu_field_way eu_field_way(const struct eu_step *s);

/* Of two values that are all there, at what eu_field_at() gives: < 0, 0, > 0. */
int eu_field_order(const struct eu_field *f, enum eu_field_way way,
		   const char *a, size_t a_size, const char *b, size_t b_size);

/* Of two texts. */
int eu_field_order_text(const char *a, size_t n, const char *b, size_t m);

/* @len bytes of @path; false if there is no such member. */
bool eu_field_find(const struct eu_stream *st, const char *path, size_t len,
		   struct eu_field *ret);

/* The name that finds top-level member @i of the key or value. Borrowed. */
const char *eu_field_name(const struct eu_stream *st, bool in_key, uint32_t i);

/* Appends the names of all, those of structs inside too, to an error. */
void eu_field_list(const struct eu_stream *st, struct eu_error *err);

/* The same of @n streams, each name once; also those of stack traces. */
void eu_field_list_all(const struct eu_stream *const *streams, size_t n,
		       bool stacks, struct eu_error *err);

/* Where the struct that the field is a member of lies, and its bytes. */
static inline const char *eu_field_at(const struct eu_field *f,
				      const struct eu_record *r, size_t *ret_size)
{
	size_t size = f->in_key ? f->layout->size : r->size;
	const char *data = f->in_key ? r->key : r->data;

	*ret_size = size > f->base ? size - f->base : 0;
	return data + eu_min((size_t)f->base, size);
}

#endif
