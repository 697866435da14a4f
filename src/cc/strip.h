/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_STRIP_H
#define EU_CC_STRIP_H

/*
 * An object as the compiler left it, made into one to ship: without DWARF,
 * without relocations of BTF (loaders resolve those by name) and symbols that
 * nothing refers to.
 *
 * The section of anchors (".eu_types", one pointer for each exported type) is
 * only there to get types into the BTF. Loaders stumble over a section that
 * they do not know, so it goes; its DATASEC becomes a struct "eu_types" with
 * the same pointers as members. Type ids stay as they are.
 */

#include "base/error.h"

/* To be freed by the caller. -EINVAL for what is no BPF object. */
int eu_strip(const void *elf, size_t len, void **ret_data, size_t *ret_len,
	     struct eu_error *err);

#endif
