/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_STACK_H
#define EU_OUT_STACK_H

/* Stack traces of records, as text below their row and as JSON. */

#include "out/sink.h"

/*
 *	    ustack:
 *	        0x000055d0c0de11f0 leaf+0x4 (src/chain.c:12)
 *	        inlined            step (src/chain.c:20)
 *	        0x000055d0c0de1234 [chain+0x1234]
 */
void eu_stack_text(struct eu_sink *s, const struct eu_record *r);

/*
 * Adds `,"ustack":[{"addr":"0x55d0c0de11f0","symbol":"leaf","offset":4},…]` for
 * those stacks that are members of the key, or of the value, before the '}' of
 * which this is called. Without @comma the first one has none. A stack that
 * the kernel could not keep is null.
 */
void eu_stack_json(struct eu_sink *s, const struct eu_record *r, bool in_key,
		   bool comma);

/* Stack @i alone: the list of its frames, or null. */
void eu_stack_json_list(struct eu_sink *s, const struct eu_record *r, size_t i);

/* The frames of stack @i of a record, innermost first. */
const struct eu_frame *eu_stack_frames(struct eu_sink *s,
				       const struct eu_record *r, size_t i,
				       size_t *ret_n);

#endif
