/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_GUEST_H
#define EU_WASM_GUEST_H

/* What of guests <eunomia/wasm.h> does not tell. */

#include <eunomia/wasm.h>

#include "base/error.h"
#include "rt/leftover.h"

/* Do the bytes begin as Wasm does? */
bool eu_wasm_is(const void *data, size_t len);

/* Before it runs: as eu_program.leaves, for all that the guest attaches. */
void eu_wasm_leaves(struct eu_wasm *w,
		    int (*leaves)(void *ctx, const struct eu_leftover *l,
				  struct eu_error *err),
		    void *ctx);

#endif
