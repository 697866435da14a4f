/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_FILE_H
#define EU_BASE_FILE_H

/* Whole files. Texts of errors name the path. */

#include "base/error.h"

/*
 * All bytes of @path ("-": standard input), a NUL behind them, to be freed by
 * the caller. A pipe is read until its writers close it, and is empty if there
 * are none. -E2BIG above @max bytes, -EISDIR, errors of open(2), read(2).
 */
int eu_file_read(const char *path, size_t max, char **ret_data, size_t *ret_len,
		 struct eu_error *err);
/* The same from an open descriptor, which stays open; @name is for errors. */
int eu_file_read_fd(int fd, const char *name, size_t max, char **ret_data,
		    size_t *ret_len, struct eu_error *err);

/*
 * Replaces @path in one step (a temporary file beside it, then rename(2)):
 * readers see the old or the new file, a failure leaves the old one. A new
 * file has the rights that open(2) gives. What is there but is no regular file
 * (/dev/null, a pipe) is written to.
 */
int eu_file_write(const char *path, const void *data, size_t len,
		  struct eu_error *err);

/* The same with all bytes of an open file, which need no memory. */
int eu_file_write_from(const char *path, int from, struct eu_error *err);

/*
 * The same for what has to be whole after a loss of power: the bytes, and before
 * them what names the folder @names has if it is not NULL, are on the disk
 * before the name is theirs. Which of the two files has the name then is not
 * known, as waiting for that too takes as long again.
 */
int eu_file_write_flushed(const char *path, const void *data, size_t len,
			  const char *names, struct eu_error *err);

/* All bytes to a descriptor, over short writes and EINTR. Negative errno. */
int eu_write_all(int fd, const void *data, size_t len);

/* What stands behind the last slash of a path; the whole without one. */
const char *eu_path_name(const char *path);

/* "DIR/NAME" in new memory, or NULL. An empty @dir gives NAME alone. */
char *eu_path_join(const char *dir, const char *name);

#endif
