/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_VALUE_H
#define EU_OUT_VALUE_H

/*
 * Values to text. The one walker over layouts: every sink that writes text
 * calls it. It writes without checks at @p, where the caller has made room for
 * layout->max_json bytes (which covers the plain form too), and returns the
 * end of what it wrote.
 */

#include "btf/layout.h"
#include "out/number.h"

/*
 * As JSON: structs as objects in the order of their members, char arrays as
 * strings, enums as "NAME(3)", 128-bit integers as strings of their digits.
 * @size bytes are at @base; a value that is not there at all is null.
 */
char *eu_value_json(char *p, const struct eu_layout *l, const struct eu_step *s,
		    const char *base, size_t size);

/*
 * For a line of text: the same without the quotes of a string or enum at the
 * top; control characters are escaped. *@ret_columns: columns of a terminal.
 */
char *eu_value_text(char *p, const struct eu_layout *l, const struct eu_step *s,
		    const char *base, size_t size, size_t *ret_columns);

/* Is there any of the value, or all of it? */
bool eu_value_there(const struct eu_step *s, size_t size);
bool eu_value_whole(const struct eu_step *s, size_t size);

/* The bytes of a string up to its NUL, in place. Some of it must be there. */
const char *eu_value_string(const struct eu_layout *l, const struct eu_step *s,
			    const char *base, size_t size, size_t *ret_n);

/* Of a step that is a float, or an integer of any kind; all of it is there. */
double eu_value_real(const struct eu_step *s, const char *base);
/* Ports in the order of people. */
struct eu_number eu_value_number(const struct eu_layout *l,
				 const struct eu_step *s, const char *base,
				 size_t size);

/* The value of a step that is an integer of any kind, else 0. */
int64_t eu_value_int(const struct eu_step *s, const char *base, size_t size);

#endif
