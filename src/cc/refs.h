/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_REFS_H
#define EU_CC_REFS_H

/* The ids of other types that a type of BTF holds. */

#include <bpf/btf.h>
#include <stdint.h>

/*
 * libbpf hands out types as const. BTF that is ours alone may be written to as
 * long as no size changes, which is what libbpf's own code does too.
 */
static inline struct btf_type *eu_type_at(const struct btf *btf, uint32_t id)
{
	return (struct btf_type *)btf__type_by_id(btf, id);
}

/* @i counts the members of a struct or a union. */
typedef void eu_ref_fn(void *ctx, uint32_t *id, uint32_t i);

/* Calls @fn for each id, which may be changed. */
void eu_refs_foreach(struct btf_type *t, eu_ref_fn *fn, void *ctx);

#endif
