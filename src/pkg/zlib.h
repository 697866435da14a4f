/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_ZLIB_H
#define EU_PKG_ZLIB_H

/* The zlib format (RFC 1950) of the object in a package. */

#include "base/buf.h"
#include "base/error.h"

/* Appends @n bytes compressed at level 6. -ENOMEM, -E2BIG. */
int eu_zlib_deflate(const void *data, size_t n, struct eu_buf *out);

/*
 * Decompresses to exactly @size bytes, to be freed by the caller. -EINVAL if
 * it is not zlib's format, or yields more or less. No more than @size bytes
 * of memory are ever used for the output.
 */
int eu_zlib_inflate(const void *data, size_t n, size_t size, void **ret_data,
		    struct eu_error *err);

#endif
