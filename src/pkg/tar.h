/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_TAR_H
#define EU_PKG_TAR_H

/*
 * Tar archives in memory. Read are ustar and pax (POSIX.1-2017, pax), and the
 * long names of GNU tar. Only regular files are shown; nothing is unpacked.
 */

#include "base/buf.h"
#include "base/error.h"

struct eu_tar {
	const char *data;
	size_t len;
	size_t pos;
	char name[4096];  /* of the entry, without leading "./" */
	const char *file; /* its bytes, in @data */
	size_t size;
};

/* Do the bytes begin with a tar header whose checksum is right? */
bool eu_tar_is(const void *data, size_t len);

void eu_tar_init(struct eu_tar *t, const void *data, size_t len);

/* The next regular file in @t: 1; 0 at the end; -EINVAL for a broken archive. */
int eu_tar_next(struct eu_tar *t, struct eu_error *err);

/*
 * Appends a regular file. -E2BIG for a name of more than 100 characters that
 * cannot be split at a slash into 155 and 100. Whether there was room is said
 * by @out.
 */
int eu_tar_put(struct eu_buf *out, const char *name, const void *data,
	       size_t size);
/* The two empty blocks at the end. */
void eu_tar_end(struct eu_buf *out);

#endif
