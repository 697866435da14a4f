/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_DESCRIBE_H
#define EU_PKG_DESCRIBE_H

/* A package in words and numbers, for people and for other programs. */

#include "pkg/package.h"

/*
 * One JSON object, its keys in the order in which they are to be read:
 * "name", "version", "brief", "description", "objects" (one an architecture),
 * "portable" (no program is bound to one), "programs", "maps", "variables",
 * "records" (exported types with their members), "needs" (features of the
 * kernel with the version of Linux that brought each). docs/inspect.md lists
 * all keys.
 * A new reference, or NULL and @err.
 */
json_t *eu_package_describe(const struct eu_package *pkg, struct eu_error *err);

/* Its "records" alone. A new reference. */
json_t *eu_package_records(const struct eu_package *pkg);

#endif
