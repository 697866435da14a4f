/* SPDX-License-Identifier: MIT */
#include "out/value.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/fmt.h"
#include "btf/meaning.h"
#include "out/fast.h"

/* Records are packed as the program likes; nothing here may assume alignment. */
static inline uint64_t load_uint(const void *p, uint32_t size)
{
	uint64_t v8;
	uint32_t v4;
	uint16_t v2;

	switch (size) {
	case 8: memcpy(&v8, p, 8); return v8;
	case 4: memcpy(&v4, p, 4); return v4;
	case 2: memcpy(&v2, p, 2); return v2;
	default: return *(const uint8_t *)p;
	}
}

static inline int64_t load_int(const void *p, uint32_t size)
{
	uint64_t v = load_uint(p, size);

	switch (size) {
	case 4: return (int32_t)v;
	case 2: return (int16_t)v;
	case 1: return (int8_t)v;
	default: return v;
	}
}

/* Of a whole integer or a bit field of one. */
static uint64_t any_uint(const struct eu_step *s, const char *p)
{
	return s->bit_size ? eu_value_bits(s, p) : load_uint(p, s->size);
}

static int64_t any_int(const struct eu_step *s, const char *p)
{
	return s->bit_size ? eu_value_sbits(s, p) : load_int(p, s->size);
}

int64_t eu_value_int(const struct eu_step *s, const char *base, size_t size)
{
	const char *p = base + s->offset;

	if ((uint64_t)s->offset + s->size > size)
		return 0;
	switch (s->kind) {
	case EU_STEP_UINT:
	case EU_STEP_BOOL:
	case EU_STEP_POINTER: return any_uint(s, p);
	case EU_STEP_INT:
	case EU_STEP_ENUM: return any_int(s, p);
	case EU_STEP_BITS: return eu_value_bits(s, p);
	case EU_STEP_SBITS: return eu_value_sbits(s, p);
	default: return 0;
	}
}

static double load_real(const char *data, uint32_t size)
{
	double d;
	float f;

	if (size == 4) {
		memcpy(&f, data, 4);
		return f;
	}
	memcpy(&d, data, 8);
	return d;
}

double eu_value_real(const struct eu_step *s, const char *base)
{
	return load_real(base + s->offset, s->size);
}

static char *put_float(char *p, const char *data, uint32_t size)
{
	return eu_fmt_real(p, load_real(data, size), size == 4);
}

/* Short: calls of two functions would take longer than the loop. */
static inline char *put_literal(char *p, const char *s)
{
	while (*s)
		*p++ = *s++;
	return p;
}

char *eu_value_enum(char *p, const struct eu_layout *l, const struct eu_step *s,
		    const char *data)
{
	const struct eu_enum *e = &l->enums[s->child];
	uint64_t v = e->is_signed ? (uint64_t)any_int(s, data) :
				    any_uint(s, data);
	const struct eu_enum_value *found = eu_enum_find(e, v);

	p = found ? eu_fmt_name(p, found->name, found->len) :
		    put_literal(p, "<UNKNOWN_VARIANT>");
	*p++ = '(';
	p = e->is_signed ? eu_fast_i64(p, v) : eu_fast_u64(p, v);
	*p++ = ')';
	return p;
}

static struct eu_number load_128(const struct eu_step *s, const char *data)
{
	const bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	struct eu_number n = { 0 };
	uint64_t v[2];

	memcpy(v, data, sizeof(v));
	n.high = v[!big];
	n.low = v[big];
	if (s->kind == EU_STEP_INT128 && n.high >> 63) {
		n.negative = true;
		n.low = -n.low;
		n.high = ~n.high + !n.low;
	}
	return n;
}

static char *put_128(char *p, const struct eu_step *s, const char *data)
{
	struct eu_number n = load_128(s, data);

	if (n.negative)
		*p++ = '-';
	return eu_fmt_u128(p, n.high, n.low);
}

/* Numbers: the same in JSON and in text. */
static inline char *put_number(char *p, const struct eu_step *s, const char *data)
{
	switch (s->kind) {
	case EU_STEP_UINT:
	case EU_STEP_POINTER: return eu_fast_u64(p, load_uint(data, s->size));
	case EU_STEP_INT: return eu_fast_i64(p, load_int(data, s->size));
	case EU_STEP_BOOL:
		return put_literal(p, any_uint(s, data) ? "true" : "false");
	case EU_STEP_BITS: return eu_fast_u64(p, eu_value_bits(s, data));
	case EU_STEP_SBITS: return eu_fast_i64(p, eu_value_sbits(s, data));
	default: return put_float(p, data, s->size);
	}
}

/* Plain numbers at their place in @base, as most parts of others are. */
static inline char *put_part(char *p, const struct eu_layout *l,
			     const struct eu_step *s, const char *base,
			     size_t size)
{
	const char *at = base + s->offset;

	if ((uint64_t)s->offset + s->size > size)
		return eu_value_json(p, l, s, base, size);
	switch (s->fast_json) {
	case EU_FAST_U8: return eu_fast_u64(p, EU_FAST_LOAD(uint8_t, at));
	case EU_FAST_U16: return eu_fast_u64(p, EU_FAST_LOAD(uint16_t, at));
	case EU_FAST_U32: return eu_fast_u64(p, EU_FAST_LOAD(uint32_t, at));
	case EU_FAST_U64: return eu_fast_u64(p, EU_FAST_LOAD(uint64_t, at));
	case EU_FAST_I32: return eu_fast_i64(p, EU_FAST_LOAD(int32_t, at));
	case EU_FAST_I64: return eu_fast_i64(p, EU_FAST_LOAD(int64_t, at));
	default: return eu_value_json(p, l, s, base, size);
	}
}

static char *put_members(char *p, const struct eu_layout *l, uint32_t first,
			 uint32_t n, const char *data, size_t size)
{
	const struct eu_step *m = &l->steps[first], *end = m + n;

	*p++ = '{';
	for (; m < end; m++) {
		*p++ = '"';
		p = put_literal(p, m->name);
		*p++ = '"';
		*p++ = ':';
		p = put_part(p, l, m, data, size);
		*p++ = ',';
	}
	if (n)
		p--;
	*p++ = '}';
	return p;
}

/*
 * How many elements (of a string: bytes) count: those that there are room for,
 * as another member says, or what is left of the record.
 */
static size_t elements(const struct eu_layout *l, const struct eu_step *s,
		       const char *base, size_t size, size_t left)
{
	size_t n = s->kind == EU_STEP_ARRAY ? s->count : left;
	int64_t v;

	if (s->rest) {
		n = s->kind == EU_STEP_ARRAY ? left / l->rest_size : left;
		n = eu_min(n, EU_LAYOUT_MAX_TEXT / l->rest_text);
	}
	if (s->length) {
		v = eu_value_int(&l->steps[s->length - 1], base, size);
		n = eu_min(n, (size_t)eu_max(v, (int64_t)0));
	}
	return n;
}

static char *put_array(char *p, const struct eu_layout *l,
		       const struct eu_step *s, const char *data, size_t size,
		       size_t n)
{
	const struct eu_step *e = &l->steps[s->child];

	*p++ = '[';
	for (size_t i = 0; i < n && size >= e->size; i++) {
		p = put_part(p, l, e, data, size);
		*p++ = ',';
		data += e->size;
		size -= e->size;
	}
	if (p[-1] == ',')
		p--;
	*p++ = ']';
	return p;
}

/* Is there enough of the value? A cut string, array or struct has a part. */
static inline bool present(const struct eu_step *s, size_t size)
{
	if (__builtin_expect((uint64_t)s->offset + s->size <= size, 1))
		return true;
	return s->offset < size &&
	       (s->kind == EU_STEP_STRING || s->kind == EU_STEP_ARRAY ||
		s->kind == EU_STEP_STRUCT || s->kind == EU_STEP_BYTES);
}

/* Bytes of the value that are there. */
static inline size_t bytes_left(const struct eu_step *s, size_t size)
{
	size -= s->offset;
	return s->rest ? size : eu_min(size, (size_t)s->size);
}

static bool is_signed(const struct eu_layout *l, const struct eu_step *s)
{
	return s->kind == EU_STEP_INT || s->kind == EU_STEP_SBITS ||
	       (s->kind == EU_STEP_ENUM && l->enums[s->child].is_signed);
}

/* A number's bytes are those of the smallest integer that holds a bit field. */
static void meaning(const struct eu_layout *l, const struct eu_step *s,
		    const char *base, size_t size, struct eu_meaning *m)
{
	*m = (struct eu_meaning){
		.format = s->format,
		.is_signed = is_signed(l, s),
		.data = base + s->offset,
		.size = (uint32_t)bytes_left(s, size),
		.names = l->names,
	};
	if (s->kind == EU_STEP_UINT || s->kind == EU_STEP_INT) {
		m->number = m->is_signed ? (uint64_t)load_int(m->data, s->size) :
					   load_uint(m->data, s->size);
		return;
	}
	m->bytes = s->kind == EU_STEP_ARRAY || s->kind == EU_STEP_STRING;
	if (m->bytes)
		m->size = (uint32_t)eu_min((size_t)m->size,
					   elements(l, s, base, size, m->size));
	else if (s->kind == EU_STEP_ENUM && !m->is_signed)
		m->number = any_uint(s, m->data);
	else
		m->number = (uint64_t)eu_value_int(s, base, size);
	if (s->bit_size)
		m->size = 8;
}

bool eu_value_there(const struct eu_step *s, size_t size)
{
	return present(s, size);
}

bool eu_value_whole(const struct eu_step *s, size_t size)
{
	return (uint64_t)s->offset + s->size <= size;
}

const char *eu_value_string(const struct eu_layout *l, const struct eu_step *s,
			    const char *base, size_t size, size_t *ret_n)
{
	*ret_n = strnlen(base + s->offset,
			 elements(l, s, base, size, bytes_left(s, size)));
	return base + s->offset;
}

struct eu_number eu_value_number(const struct eu_layout *l,
				 const struct eu_step *s, const char *base,
				 size_t size)
{
	const char *data = base + s->offset;
	uint16_t port;

	if (s->kind == EU_STEP_INT128 || s->kind == EU_STEP_UINT128)
		return load_128(s, data);
	if (s->format == EU_FORMAT_PORT) {
		memcpy(&port, data, sizeof(port));
		return eu_number_unsigned(ntohs(port));
	}
	if (is_signed(l, s))
		return eu_number_signed(eu_value_int(s, base, size));
	if (s->kind == EU_STEP_ENUM)
		return eu_number_unsigned(any_uint(s, data));
	return eu_number_unsigned((uint64_t)eu_value_int(s, base, size));
}

/* Half an address is none; bytes are bytes. */
static bool has_meaning(const struct eu_step *s, size_t size)
{
	return s->format && (s->format == EU_FORMAT_HEX ||
			     (uint64_t)s->offset + s->size <= size);
}

char *eu_value_json(char *p, const struct eu_layout *l, const struct eu_step *s,
		    const char *base, size_t size)
{
	const char *data = base + s->offset;
	struct eu_meaning m;
	size_t left;

	if (!present(s, size))
		return put_literal(p, "null");
	if (has_meaning(s, size)) {
		meaning(l, s, base, size, &m);
		return eu_meaning_json(p, &m);
	}
	left = bytes_left(s, size);
	switch (s->kind) {
	case EU_STEP_STRING:
		return eu_fmt_json(p, data, elements(l, s, base, size, left));
	case EU_STEP_ENUM:
		*p++ = '"';
		p = eu_value_enum(p, l, s, data);
		*p++ = '"';
		return p;
	case EU_STEP_INT128:
	case EU_STEP_UINT128:
		*p++ = '"';
		p = put_128(p, s, data);
		*p++ = '"';
		return p;
	case EU_STEP_BYTES:
		*p++ = '"';
		p = eu_fmt_hexdump(p, data, left);
		*p++ = '"';
		return p;
	case EU_STEP_ARRAY:
		return put_array(p, l, s, data, left,
				 elements(l, s, base, size, left));
	case EU_STEP_STRUCT:
		return put_members(p, l, s->child, s->count, data, left);
	default: return put_number(p, s, data);
	}
}

char *eu_value_text(char *p, const struct eu_layout *l, const struct eu_step *s,
		    const char *base, size_t size, size_t *ret_columns)
{
	const char *data = base + s->offset;
	struct eu_meaning m;
	char *from = p;

	*ret_columns = 0;
	if (!present(s, size)) {
		*p++ = '-';
	} else if (has_meaning(s, size)) {
		meaning(l, s, base, size, &m);
		return eu_meaning_text(p, &m, ret_columns);
	} else if (s->kind == EU_STEP_STRING) {
		return eu_fmt_text(
			p, data, elements(l, s, base, size, bytes_left(s, size)),
			ret_columns);
	} else if (s->kind == EU_STEP_ENUM) {
		p = eu_value_enum(p, l, s, data);
	} else if (s->kind == EU_STEP_INT128 || s->kind == EU_STEP_UINT128) {
		p = put_128(p, s, data);
	} else if (s->kind == EU_STEP_BYTES) {
		p = eu_fmt_hexdump(p, data,
				   eu_min(size - s->offset, (size_t)s->size));
	} else {
		p = eu_value_json(p, l, s, base, size);
	}
	*ret_columns = p - from;
	return p;
}
