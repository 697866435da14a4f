/* SPDX-License-Identifier: MIT */
#ifndef EU_GEN_CSTRUCT_H
#define EU_GEN_CSTRUCT_H

/*
 * Structs of BTF as C for a compiler of another machine: every offset and size
 * is that of the BPF object, whatever a pointer or a long has there. Gaps are
 * members, pointers are numbers, and sizes and offsets are asserted.
 */

#include <bpf/btf.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * Writes all structs, unions and enumerations with a name, each behind what it
 * is made of. -EINVAL for one that cannot be said in C.
 */
int eu_cstruct_all(const struct btf *btf, struct eu_buf *out,
		   struct eu_error *err);

/*
 * Writes one variable or member, "int x[2]", of type @id at @indent tabs, with
 * no semicolon.
 */
int eu_cstruct_declare(const struct btf *btf, uint32_t id, const char *name,
		       int indent, struct eu_buf *out, struct eu_error *err);

/* Writes the named types that a variable of type @id is made of. */
int eu_cstruct_needed(const struct btf *btf, uint32_t id, bool *written,
		      struct eu_buf *out, struct eu_error *err);

/* Can C call something so? Keywords count as names. */
bool eu_cstruct_is_name(const char *s);

#endif
