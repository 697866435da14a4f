/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_VIEW_H
#define EU_BTF_VIEW_H

/*
 * A layout of the same bytes with other members at its top: some left out, in
 * another order, or taken from further down.
 */

#include "btf/layout.h"

struct eu_view_step {
	struct eu_step step; /* of the layout */
	uint32_t base; /* bytes from the start to what its offset counts from */
	const char *name; /* copied */
	size_t name_len;
};

/*
 * The names of types and inner members are those of @l, which must outlive the
 * view. -ENOMEM, -E2BIG.
 */
int eu_layout_view(const struct eu_layout *l, const struct eu_view_step *steps,
		   size_t n, struct eu_layout **ret);

#endif
