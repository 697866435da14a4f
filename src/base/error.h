/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_ERROR_H
#define EU_BASE_ERROR_H

/*
 * An error is a negative errno and one line of words. Both are set in the
 * expression that returns:
 *
 *	return eu_error_set(err, -ENOENT, "cannot open '%s'", path);
 *
 * and callers put their context in front on the way up:
 *
 *	return eu_error_prefix(err, r, "program '%s'", name);
 *
 * Every function that takes one accepts NULL. The object owns no memory. A
 * text that does not fit is cut at a character's end.
 */

#include <eunomia/eunomia.h>

#include "base/util.h"

/* Returns @code. */
int eu_error_set(struct eu_error *err, int code, const char *fmt, ...)
	EU_PRINTF(3, 4);
int eu_error_vset(struct eu_error *err, int code, const char *fmt, va_list ap);

/* Puts "WORDS: " in front of the text. Returns @code. */
int eu_error_prefix(struct eu_error *err, int code, const char *fmt, ...)
	EU_PRINTF(3, 4);

/* Adds to the end of the text. Returns @code. */
int eu_error_append(struct eu_error *err, int code, const char *fmt, ...)
	EU_PRINTF(3, 4);

/* The plain words for -ENOMEM. Returns it. */
int eu_error_oom(struct eu_error *err);

/*
 * The words for what eu_array_grow() returned, which is returned: no memory,
 * or more than @max of @what ("maps"). Nothing for 0.
 */
int eu_error_grow(struct eu_error *err, int code, size_t max, const char *what);

#endif
