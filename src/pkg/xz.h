/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_XZ_H
#define EU_PKG_XZ_H

/* Files in the .xz format, as those of BTFHub are. */

#include "base/buf.h"
#include "base/error.h"

/* Do the bytes begin as such a file does? */
bool eu_xz_is(const void *data, size_t len);

/*
 * Appends what @len bytes decompress to. -EINVAL if they are damaged, -E2BIG
 * above @out's maximum or if they want more than 128 MiB to decompress.
 */
int eu_xz_unpack(const void *data, size_t len, struct eu_buf *out,
		 struct eu_error *err);

/*
 * The first file of a .tar.xz, or what a .xz that is no archive holds. @ret
 * points into @room. Besides the above: -EINVAL for an archive without files.
 */
int eu_xz_first_file(const void *data, size_t len, struct eu_buf *room,
		     const char **ret, size_t *ret_len, struct eu_error *err);

#endif
