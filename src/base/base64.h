/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_BASE64_H
#define EU_BASE_BASE64_H

/* Base64 as RFC 4648 section 4 defines it: the standard alphabet, padded. */

#include "base/buf.h"
#include "base/error.h"

/* Appends @n bytes as text without line breaks. */
void eu_base64_encode(const void *data, size_t n, struct eu_buf *out);

/*
 * Appends the bytes that the text stands for. White space is skipped. -EINVAL
 * names the offset of what is not base64; -E2BIG, -ENOMEM from @out.
 */
int eu_base64_decode(const char *text, size_t n, struct eu_buf *out,
		     struct eu_error *err);

#endif
