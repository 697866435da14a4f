/* SPDX-License-Identifier: MIT */
#ifndef EU_GEN_WIT_H
#define EU_GEN_WIT_H

/*
 * Structs of BTF as WIT, from which bindings for other languages are generated.
 * WIT says which values there are, not where they lie: offsets are comments.
 * What it has no word for is a list of bytes (unions, odd sizes), a pointer is
 * a number, an integer of 128 bits a pair (low, high), an array a list.
 */

#include "base/buf.h"
#include "pkg/package.h"

/*
 * A package with one interface, "types", of all structs, unions and
 * enumerations with a name, and a world that imports it. -EINVAL for a type
 * that has no values, with its name.
 */
int eu_wit_write(const struct eu_package *pkg, struct eu_buf *out,
		 struct eu_error *err);

#endif
