/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_MEANING_H
#define EU_PKG_MEANING_H

/* Text of a format as the number or the bytes that stand for it. */

#include "base/error.h"
#include "btf/format.h"

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

#endif
