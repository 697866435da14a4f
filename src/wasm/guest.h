/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_GUEST_H
#define EU_WASM_GUEST_H

/* What of guests <eunomia/wasm.h> does not tell. */

#include <stdbool.h>
#include <string.h>
#include <eunomia/wasm.h>

#include "base/error.h"
#include "rt/leftover.h"

/* Do the bytes begin as Wasm does? Also for tools that do not run it. */
static inline bool eu_wasm_is(const void *data, size_t len)
{
	return len >= 4 && !memcmp(data, "\0asm", 4);
}

/* Before it runs: as eu_program.leaves, for all that the guest attaches. */
void eu_wasm_leaves(struct eu_wasm *w,
		    int (*leaves)(void *ctx, const struct eu_leftover *l,
				  struct eu_error *err),
		    void *ctx);

#endif
