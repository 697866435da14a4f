/* SPDX-License-Identifier: MIT */
#ifndef BPF_PRINT_H
#define BPF_PRINT_H

/*
 * Events of a BPF program as JSON and as text, as "ecli run -j" and "--format
 * compact" write them. "wasm-bpftool gen printers x.bpf.o" writes the tables
 * that this walks over, and functions for each struct. All of it is here, for C
 * and C++, for Wasm and any other machine of the object's byte order that is
 * little-endian.
 *
 * Of the formats that typedefs like eu_ipv4 stand for, addresses, ports and
 * hexadecimal numbers are known; others are printed as the numbers they are.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum bpf_print_kind {
	BPF_PRINT_UINT,
	BPF_PRINT_INT,
	BPF_PRINT_BOOL,
	BPF_PRINT_STRING,
	BPF_PRINT_ENUM, /* child: of the type's enums */
	BPF_PRINT_FLOAT,
	BPF_PRINT_INT128,
	BPF_PRINT_UINT128,
	BPF_PRINT_ARRAY,  /* count elements as step child */
	BPF_PRINT_STRUCT, /* steps child to child + count - 1 */
	BPF_PRINT_BYTES,
};

enum bpf_print_format {
	BPF_PRINT_PLAIN,
	BPF_PRINT_IPV4,
	BPF_PRINT_IPV6,
	BPF_PRINT_MAC,
	BPF_PRINT_PORT,
	BPF_PRINT_HEX,
};

struct bpf_print_step {
	const char *name;
	uint8_t kind, format;
	uint8_t bit_offset, bit_size; /* size 0: no bit field */
	uint32_t offset, size;	      /* bytes, from the parent's start */
	uint32_t count, child;
};

struct bpf_print_value {
	int64_t value;
	const char *name;
};

struct bpf_print_enum {
	const struct bpf_print_value *values; /* ascending, as signed ones */
	uint32_t n;
	bool is_signed;
};

struct bpf_print_type {
	const struct bpf_print_step *steps;
	uint32_t n; /* the first so many are the struct's members */
	const struct bpf_print_enum *enums;
};

/* Where it is written: a file, or memory, where what does not fit is cut. */
struct bpf_print {
	FILE *file;
	char *to;
	size_t room;
	size_t len;
	bool json;
};

#define BPF_PRINT_API __attribute__((unused)) static inline

BPF_PRINT_API void bpf_print_bytes(struct bpf_print *o, const char *s, size_t n)
{
	size_t fits = o->len < o->room ? o->room - o->len : 0;

	if (o->file)
		fwrite(s, 1, n, o->file);
	else if (fits)
		memcpy(o->to + o->len, s, n < fits ? n : fits);
	o->len += n;
}

BPF_PRINT_API void bpf_print_text(struct bpf_print *o, const char *s)
{
	bpf_print_bytes(o, s, strlen(s));
}

/* By long division, as not all machines have a type of 128 bits. */
BPF_PRINT_API void bpf_print_number(struct bpf_print *o, uint64_t high,
				    uint64_t low, bool is_signed)
{
	uint32_t w[4];
	uint64_t rest;
	char digits[48], *p = digits + sizeof(digits);
	bool negative = is_signed && high >> 63;

	if (negative) {
		low = -low;
		high = ~high + !low;
	}
	w[0] = (uint32_t)(high >> 32);
	w[1] = (uint32_t)high;
	w[2] = (uint32_t)(low >> 32);
	w[3] = (uint32_t)low;
	do {
		rest = 0;
		for (int i = 0; i < 4; i++) {
			rest = rest << 32 | w[i];
			w[i] = (uint32_t)(rest / 10);
			rest %= 10;
		}
		*--p = (char)('0' + rest);
	} while (w[0] | w[1] | w[2] | w[3]);
	if (negative)
		*--p = '-';
	bpf_print_bytes(o, p, (size_t)(digits + sizeof(digits) - p));
}

BPF_PRINT_API void bpf_print_unsigned(struct bpf_print *o, uint64_t v)
{
	bpf_print_number(o, 0, v, false);
}

BPF_PRINT_API void bpf_print_signed(struct bpf_print *o, int64_t v)
{
	bpf_print_number(o, v < 0 ? ~0ull : 0, (uint64_t)v, true);
}

BPF_PRINT_API void bpf_print_hexdump(struct bpf_print *o, const uint8_t *p,
				     uint32_t n)
{
	char digits[3];

	for (uint32_t i = 0; i < n; i++) {
		snprintf(digits, sizeof(digits), "%02x", p[i]);
		bpf_print_bytes(o, digits, 2);
	}
}

/* Up to eight bytes, of a bit field those bits. */
BPF_PRINT_API uint64_t bpf_print_load(const struct bpf_print_step *s,
				      const uint8_t *p)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < s->size && i < 8; i++)
		v |= (uint64_t)p[i] << (8 * i);
	v >>= s->bit_offset;
	if (s->bit_size && s->bit_size < 64)
		v &= (1ull << s->bit_size) - 1;
	return v;
}

BPF_PRINT_API int64_t bpf_print_load_signed(const struct bpf_print_step *s,
					    const uint8_t *p)
{
	uint32_t unused = 64 - (s->bit_size ? s->bit_size : s->size * 8);

	return (int64_t)(bpf_print_load(s, p) << unused) >> unused;
}

/* A character of UTF-8, or as many bytes as are none: *@good says which. */
BPF_PRINT_API size_t bpf_print_next(const uint8_t *s, size_t n, uint32_t *cp,
				    bool *good)
{
	size_t len = *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2, i;
	uint8_t low = *s == 0xe0 ? 0xa0 : *s == 0xf0 ? 0x90 : 0x80;
	uint8_t high = *s == 0xed ? 0x9f : *s == 0xf4 ? 0x8f : 0xbf;

	*good = false;
	if (*s < 0xc2 || *s > 0xf4)
		return 1;
	*cp = *s & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if (i >= n || s[i] < low || s[i] > high)
			return i;
		*cp = *cp << 6 | (s[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*good = true;
	return len;
}

BPF_PRINT_API void bpf_print_escape(struct bpf_print *o, uint8_t c)
{
	static const char from[] = "\n\t\r\b\f\"\\", to[] = "ntrbf\"\\";
	const char *short_one = strchr(from, c);
	char text[8];

	if (c && short_one)
		snprintf(text, sizeof(text), "\\%c", to[short_one - from]);
	else
		snprintf(text, sizeof(text), o->json ? "\\u00%02x" : "\\x%02x",
			 c);
	bpf_print_text(o, text);
}

/* Up to NUL. Bytes that are no text are U+FFFD. */
BPF_PRINT_API void bpf_print_string(struct bpf_print *o, const uint8_t *s,
				    size_t n)
{
	const uint8_t *end = (const uint8_t *)memchr(s, 0, n);
	uint32_t cp = 0;
	size_t step;
	bool good;

	for (n = end ? (size_t)(end - s) : n; n; s += step, n -= step) {
		step = 1;
		if (*s >= 0x80) {
			step = bpf_print_next(s, n, &cp, &good);
			if (!good)
				bpf_print_text(o, "\xef\xbf\xbd");
			else if (!o->json && cp < 0xa0)
				bpf_print_escape(o, (uint8_t)cp);
			else
				bpf_print_bytes(o, (const char *)s, step);
		} else if (*s < 0x20 || *s == 0x7f ||
			   (o->json && (*s == '"' || *s == '\\'))) {
			bpf_print_escape(o, *s);
		} else {
			bpf_print_bytes(o, (const char *)s, 1);
		}
	}
}

/* The shortest that is read as the same again; null if it is no number. */
BPF_PRINT_API void bpf_print_real(struct bpf_print *o, const uint8_t *p,
				  uint32_t size)
{
	int digits = size == 4 ? 6 : 15, most = size == 4 ? 9 : 17;
	char text[40] = "null";
	double d = 0;
	float f = 0;

	if (size == 4) {
		memcpy(&f, p, 4);
		d = f;
	} else {
		memcpy(&d, p, 8);
	}
	for (; d - d == 0 && digits <= most; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, d);
		if (size == 4 ? strtof(text, NULL) == f : strtod(text, NULL) == d)
			break;
	}
	bpf_print_text(o, text);
}

/* Of several names for one value the one that ecli takes. */
BPF_PRINT_API const char *bpf_print_name(const struct bpf_print_enum *e, int64_t v)
{
	uint32_t low = 0, high = e->n, mid;
	uint64_t guess = e->n ? (uint64_t)v - (uint64_t)e->values[0].value : 0;

	if (guess < e->n && e->values[guess].value == v)
		return e->values[guess].name;
	while (low < high) {
		mid = (low + high) / 2;
		if (e->values[mid].value == v)
			return e->values[mid].name;
		if (e->values[mid].value < v)
			low = mid + 1;
		else
			high = mid;
	}
	return "<UNKNOWN_VARIANT>";
}

BPF_PRINT_API void bpf_print_enumerator(struct bpf_print *o,
					const struct bpf_print_enum *e,
					const struct bpf_print_step *s,
					const uint8_t *p)
{
	int64_t v = e->is_signed ? bpf_print_load_signed(s, p) :
				   (int64_t)bpf_print_load(s, p);

	bpf_print_text(o, bpf_print_name(e, v));
	bpf_print_text(o, "(");
	if (e->is_signed)
		bpf_print_signed(o, v);
	else
		bpf_print_unsigned(o, (uint64_t)v);
	bpf_print_text(o, ")");
}

/* Not inet_ntop(): <arpa/inet.h> has structs that objects have as well. */
BPF_PRINT_API void bpf_print_ipv4(struct bpf_print *o, const uint8_t *p)
{
	char text[16];

	snprintf(text, sizeof(text), "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
	bpf_print_text(o, text);
}

/* As RFC 5952 has it: the first of the longest runs of zeros is left out. */
BPF_PRINT_API void bpf_print_ipv6(struct bpf_print *o, const uint8_t *p)
{
	int run = -1, longest = 1, n;
	char text[8];

	for (int i = 0; i < 8; i++) {
		for (n = 0; i + n < 8 && !p[2 * (i + n)] && !p[2 * (i + n) + 1];)
			n++;
		if (n > longest) {
			run = i;
			longest = n;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			bpf_print_text(o, "::");
			i += longest - 1;
			continue;
		}
		if (i && i != run + longest)
			bpf_print_text(o, ":");
		/* One that stands for an address of version 4. */
		if (i == 6 && !run &&
		    (longest == 6 ||
		     (longest == 5 && p[10] == 0xff && p[11] == 0xff))) {
			bpf_print_ipv4(o, p + 12);
			return;
		}
		snprintf(text, sizeof(text), "%x", p[2 * i] << 8 | p[2 * i + 1]);
		bpf_print_text(o, text);
	}
}

/* An address or a number in hexadecimal, without quotes. */
BPF_PRINT_API void bpf_print_formatted(struct bpf_print *o,
				       const struct bpf_print_step *s,
				       const uint8_t *p)
{
	const bool bytes = s->kind == BPF_PRINT_STRING ||
			   s->kind == BPF_PRINT_ARRAY ||
			   s->kind == BPF_PRINT_BYTES;
	char text[64];

	switch (s->format) {
	case BPF_PRINT_IPV4: bpf_print_ipv4(o, p); return;
	case BPF_PRINT_IPV6: bpf_print_ipv6(o, p); return;
	case BPF_PRINT_MAC:
		snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x",
			 p[0], p[1], p[2], p[3], p[4], p[5]);
		break;
	case BPF_PRINT_PORT:
		snprintf(text, sizeof(text), "%u", p[0] << 8 | p[1]);
		break;
	default:
		if (bytes) {
			bpf_print_hexdump(o, p, s->size);
			return;
		}
		snprintf(text, sizeof(text), "0x%llx",
			 (unsigned long long)bpf_print_load(s, p));
	}
	bpf_print_text(o, text);
}

BPF_PRINT_API void bpf_print_step_value(struct bpf_print *o,
					const struct bpf_print_type *t,
					const struct bpf_print_step *s,
					const uint8_t *base);

BPF_PRINT_API void bpf_print_members(struct bpf_print *o,
				     const struct bpf_print_type *t,
				     uint32_t first, uint32_t n,
				     const uint8_t *base)
{
	for (uint32_t i = 0; i < n; i++) {
		bpf_print_text(o, i ? ",\"" : "\"");
		bpf_print_text(o, t->steps[first + i].name);
		bpf_print_text(o, "\":");
		bpf_print_step_value(o, t, &t->steps[first + i], base);
	}
}

BPF_PRINT_API void bpf_print_struct(struct bpf_print *o,
				    const struct bpf_print_type *t,
				    uint32_t first, uint32_t n,
				    const uint8_t *base)
{
	bpf_print_text(o, "{");
	bpf_print_members(o, t, first, n, base);
	bpf_print_text(o, "}");
}

BPF_PRINT_API void bpf_print_array(struct bpf_print *o,
				   const struct bpf_print_type *t,
				   const struct bpf_print_step *s,
				   const uint8_t *p)
{
	const struct bpf_print_step *e = &t->steps[s->child];

	bpf_print_text(o, "[");
	for (uint32_t i = 0; i < s->count; i++, p += e->size) {
		if (i)
			bpf_print_text(o, ",");
		bpf_print_step_value(o, t, e, p);
	}
	bpf_print_text(o, "]");
}

/* What JSON has in quotes, without them; false if it is something else. */
BPF_PRINT_API bool bpf_print_word(struct bpf_print *o,
				  const struct bpf_print_type *t,
				  const struct bpf_print_step *s,
				  const uint8_t *p)
{
	uint64_t half[2];

	if (s->format == BPF_PRINT_PORT)
		return false;
	if (s->format) {
		bpf_print_formatted(o, s, p);
		return true;
	}
	switch (s->kind) {
	case BPF_PRINT_STRING: bpf_print_string(o, p, s->size); return true;
	case BPF_PRINT_BYTES: bpf_print_hexdump(o, p, s->size); return true;
	case BPF_PRINT_ENUM:
		bpf_print_enumerator(o, &t->enums[s->child], s, p);
		return true;
	case BPF_PRINT_INT128:
	case BPF_PRINT_UINT128:
		memcpy(half, p, sizeof(half));
		bpf_print_number(o, half[1], half[0],
				 s->kind == BPF_PRINT_INT128);
		return true;
	default: return false;
	}
}

BPF_PRINT_API bool bpf_print_is_word(const struct bpf_print_step *s)
{
	if (s->format)
		return s->format != BPF_PRINT_PORT;
	return s->kind == BPF_PRINT_STRING || s->kind == BPF_PRINT_BYTES ||
	       s->kind == BPF_PRINT_ENUM || s->kind == BPF_PRINT_INT128 ||
	       s->kind == BPF_PRINT_UINT128;
}

/* As JSON: parts of a row of text are that as well. */
BPF_PRINT_API void bpf_print_step_value(struct bpf_print *o,
					const struct bpf_print_type *t,
					const struct bpf_print_step *s,
					const uint8_t *base)
{
	const uint8_t *p = base + s->offset;
	const bool json = o->json;

	o->json = true;
	if (bpf_print_is_word(s)) {
		bpf_print_text(o, "\"");
		bpf_print_word(o, t, s, p);
		bpf_print_text(o, "\"");
	} else if (s->format) {
		bpf_print_formatted(o, s, p);
	} else if (s->kind == BPF_PRINT_INT) {
		bpf_print_signed(o, bpf_print_load_signed(s, p));
	} else if (s->kind == BPF_PRINT_BOOL) {
		bpf_print_text(o, bpf_print_load(s, p) ? "true" : "false");
	} else if (s->kind == BPF_PRINT_FLOAT) {
		bpf_print_real(o, p, s->size);
	} else if (s->kind == BPF_PRINT_ARRAY) {
		bpf_print_array(o, t, s, p);
	} else if (s->kind == BPF_PRINT_STRUCT) {
		bpf_print_struct(o, t, s->child, s->count, p);
	} else {
		bpf_print_unsigned(o, bpf_print_load(s, p));
	}
	o->json = json;
}

/* The members' values with spaces between them. */
BPF_PRINT_API void bpf_print_row(struct bpf_print *o,
				 const struct bpf_print_type *t,
				 const uint8_t *base)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct bpf_print_step *s = &t->steps[i];

		if (i)
			bpf_print_text(o, " ");
		if (!bpf_print_word(o, t, s, base + s->offset))
			bpf_print_step_value(o, t, s, base);
	}
}

/* One line to @f; how many bytes it has. */
BPF_PRINT_API int bpf_print_line(FILE *f, const struct bpf_print_type *t,
				 const void *data, bool json)
{
	struct bpf_print o = { f, NULL, 0, 0, json };

	if (json)
		bpf_print_struct(&o, t, 0, t->n, (const uint8_t *)data);
	else
		bpf_print_row(&o, t, (const uint8_t *)data);
	bpf_print_text(&o, "\n");
	return (int)o.len;
}

/* As JSON without a newline, to stand inside of more. */
BPF_PRINT_API int bpf_print_value(FILE *f, const struct bpf_print_type *t,
				  const void *data)
{
	struct bpf_print o = { f, NULL, 0, 0, true };

	bpf_print_struct(&o, t, 0, t->n, (const uint8_t *)data);
	return (int)o.len;
}

/* A line of JSON that begins with the name of the map that it is from. */
BPF_PRINT_API int bpf_print_of_map(FILE *f, const char *map,
				   const struct bpf_print_type *t,
				   const void *data)
{
	struct bpf_print o = { f, NULL, 0, 0, true };

	bpf_print_text(&o, "{\"map\":\"");
	bpf_print_text(&o, map);
	bpf_print_text(&o, t->n ? "\"," : "\"");
	bpf_print_members(&o, t, 0, t->n, (const uint8_t *)data);
	bpf_print_text(&o, "}\n");
	return (int)o.len;
}

/* A line into memory as snprintf() does it, without a newline. */
BPF_PRINT_API int bpf_print_to(char *to, size_t room,
			       const struct bpf_print_type *t, const void *data,
			       bool json)
{
	struct bpf_print o = { NULL, to, room ? room - 1 : 0, 0, json };

	if (json)
		bpf_print_struct(&o, t, 0, t->n, (const uint8_t *)data);
	else
		bpf_print_row(&o, t, (const uint8_t *)data);
	if (room)
		to[o.len < o.room ? o.len : o.room] = '\0';
	return (int)o.len;
}

#ifdef __cplusplus
}
#endif

#endif
