/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_CACHEDIR_H
#define EU_BASE_CACHEDIR_H

/*
 * Folders of the user's own for what can be made or got again:
 * $XDG_CACHE_HOME/eunomia/NAME or ~/.cache/eunomia/NAME.
 */

#include <sys/stat.h>

#include "base/util.h"

/*
 * The folder called @name, made if it is not there, to be freed. NULL if there
 * can be none, if somebody else owns it or may write to it, or in a program
 * that runs with more rights than its caller.
 */
char *eu_cachedir_open(const char *name);

/* Is what @fd is of this type (S_IFREG ...) and nobody else's to change? */
bool eu_cachedir_is_private(int fd, mode_t type);

/*
 * Removes the files of the folder @path that were used longest ago, until there
 * is room for one of @len bytes more among @max_files and @max_bytes.
 */
void eu_cachedir_make_room(const char *path, size_t max_files,
			   uint64_t max_bytes, uint64_t len);

#endif
