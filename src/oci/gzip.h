/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_GZIP_H
#define EU_OCI_GZIP_H

/* The gzip format (RFC 1952) of the layers of images. */

#include "base/buf.h"
#include "base/error.h"

bool eu_gzip_is(const void *data, size_t len);

/*
 * Appends what is packed in all members of @data. -EINVAL for what is damaged,
 * -E2BIG for more than @out may hold, and for bytes that grow so much that
 * somebody means it.
 */
int eu_gzip_inflate(const void *data, size_t len, struct eu_buf *out,
		    struct eu_error *err);

#endif
