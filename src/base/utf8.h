/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_UTF8_H
#define EU_BASE_UTF8_H

/* UTF-8 as Unicode 15 chapter 3.9 defines it, and the width of characters. */

#include "base/util.h"

/*
 * One character at @s (@n > 0 bytes are there). Returns how many bytes it
 * takes and sets *@ret_cp; for bytes that are no character, the length of the
 * maximal broken part (1 to 3) and U+FFFD.
 */
size_t eu_utf8_next(const char *s, size_t n, uint32_t *ret_cp);

/* Terminal columns: 0 for combining marks, 2 for wide characters, else 1. */
unsigned int eu_utf8_width(uint32_t cp);

/* Columns of @n bytes of text without control characters. */
size_t eu_utf8_columns(const char *s, size_t n);

#endif
