/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_TYPES_H
#define EU_PKG_TYPES_H

/* Which BTF type the records of a map have. */

#include "btf/layout.h"
#include "pkg/package.h"

/*
 * The type's id of what @map exports; 0 if nothing says so. In this order: its
 * own "export_config", what its values are by BTF (maps with keys), the
 * package's export types that fit: of several those marked with @export, else
 * the first that is no member of another.
 */
uint32_t eu_types_of_map(const struct eu_package *pkg, const struct eu_map *map);

/*
 * The layout of @type_id, with what the metadata of exported types says of
 * their members: "format" and "length". As eu_layout_new().
 */
int eu_types_layout(const struct eu_package *pkg, uint32_t type_id,
		    struct eu_layout **ret, struct eu_error *err);

/*
 * The id of the type called @name: "event", "struct event", a typedef.
 * -ENOENT, -EINVAL without BTF; texts list what there is.
 */
int eu_types_by_name(const struct eu_package *pkg, const char *name,
		     uint32_t *ret_id, struct eu_error *err);

/*
 * The id of a struct of @map's members, which are put in their order; it is
 * added to the BTF, whose names are in other places then. -EINVAL for members
 * that lie in each other or beyond 16 MiB, and for types without values.
 */
int eu_types_of_members(const struct eu_package *pkg, struct eu_map *map,
			uint32_t *ret_id, struct eu_error *err);

/*
 * Can the records of @map have that type? What the events of a buffer are is up
 * to the program, but values have a size: -EINVAL if the type is larger.
 */
int eu_types_fit(const struct eu_package *pkg, const struct eu_map *map,
		 uint32_t type_id, struct eu_error *err);

#endif
