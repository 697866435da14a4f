/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_LDCACHE_H
#define EU_RT_LDCACHE_H

/*
 * /etc/ld.so.cache, what ldconfig(8) writes: names of libraries and their
 * paths. It may be that of another root, and hold anything.
 */

#include <stddef.h>

/* Non-zero ends it and is returned. */
typedef int (*eu_ldcache_fn)(void *ctx, const char *name, const char *path);

/* Calls @fn for each entry of the second format, alone or behind the first. */
int eu_ldcache_foreach(const void *data, size_t size, eu_ldcache_fn fn,
		       void *ctx);

#endif
