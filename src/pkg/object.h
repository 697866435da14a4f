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

/* Room for one more item of an array of the package: it is zeroed. */
#define eu_package_grow(arr, n, max)                         \
	(eu_array_grow(&(arr), (n), sizeof(*(arr)), (max)) ? \
		 NULL :                                      \
		 memset(&(arr)[(n)++], 0, sizeof(*(arr))))

/* Maps from BTF (".maps", ".struct_ops") and from legacy "maps" sections. */
int eu_object_maps(struct eu_package *pkg, const struct eu_image *img,
		   struct eu_error *err);

/* Types that pointers among the global variables anchor. */
int eu_object_exports(struct eu_package *pkg, struct eu_error *err);

/* Forgets all exported types. */
void eu_package_drop_exports(struct eu_package *pkg);

/* Does the section hold global variables: ".data", ".rodata.x", ".bss"? */
bool eu_object_is_data(const char *section);

/* The BTF DATASEC called @name, or NULL. */
const struct btf_type *eu_object_datasec(const struct btf *btf, const char *name);

#endif
