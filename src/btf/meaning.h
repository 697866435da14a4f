/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_MEANING_H
#define EU_BTF_MEANING_H

/* Text of a format as the number or the bytes that stand for it, and back. */

#include "btf/format.h"
#include "btf/names.h"

/*
 * Addresses: @size bytes into @dst. 1 if @text was one, 0 if the format is no
 * address, or the type's size is not that of one. -EINVAL without words.
 */
int eu_meaning_address(enum eu_format format, const char *text, void *dst,
		       size_t size);

/*
 * Numbers: 1 and the number if @text has the format's own form ("10ms",
 * "SIGTERM"), 0 if it is to be read as a plain number. -EINVAL, or what
 * opening a path gives, without words.
 */
int eu_meaning_number(enum eu_format format, const char *text, uint64_t *ret);

/* A value of @format: the bytes, and what they are as a number if they are. */
struct eu_meaning {
	enum eu_format format;
	bool is_signed;
	const void *data;
	uint32_t size;
	uint64_t number;
	bool bytes;		/* of an array or text: no number */
	struct eu_names *names; /* or NULL */
};

/*
 * Writes it at @p, at most eu_format_max() bytes (two for each byte of the
 * data more), and returns the end. As text: what people read, without control
 * characters; adds its columns to *@columns. As JSON: a string, or a number
 * where one can be calculated with: durations in their unit, sizes, ports,
 * users, groups and network namespaces.
 */
char *eu_meaning_text(char *p, const struct eu_meaning *m, size_t *columns);
char *eu_meaning_json(char *p, const struct eu_meaning *m);

/* Is its JSON the number and no more? */
bool eu_meaning_is_plain(enum eu_format format);

#endif
