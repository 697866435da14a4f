/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_OBJECT_H
#define EU_PKG_OBJECT_H

/*
 * What one object file says about itself, shared by the files that read it.
 * An object is read in phases: variables, maps, programs, exports; each adds
 * to the package that is being made.
 */

#include "pkg/image.h"
#include "pkg/package.h"

/*
 * One more item, zeroed, at the end of an array of the package: *@ret_item.
 * -ENOMEM, or -E2BIG and words for more than @max of @what.
 */
#define eu_package_grow(arr, n, max, what, ret_item, err)                                          \
	(eu_error_grow((err), eu_array_grow(&(arr), (n), sizeof(*(arr)), (max)), (max), (what)) ?: \
		 (*(ret_item) = memset(&(arr)[(n)++], 0, sizeof(*(arr))), 0))

/* Maps from BTF (".maps", ".struct_ops") and from legacy "maps" sections. */
int eu_object_maps(struct eu_package *pkg, const struct eu_image *img,
		   struct eu_error *err);

/* Types that pointers among the global variables anchor. */
int eu_object_exports(struct eu_package *pkg, struct eu_error *err);

/*
 * Everything is found by its name, so variables, maps and programs must each
 * have one of their own: -EINVAL. To be called when all of them are read.
 */
int eu_package_index(struct eu_package *pkg, struct eu_error *err);

/* Forgets all exported types. */
void eu_package_drop_exports(struct eu_package *pkg);

/* Does the section hold global variables: ".data", ".rodata.x", ".bss"? */
bool eu_object_is_data(const char *section);

/* The BTF DATASEC called @name, or NULL. */
const struct btf_type *eu_object_datasec(const struct btf *btf, const char *name);

#endif
