/* SPDX-License-Identifier: MIT */
#ifndef EU_SYM_SYM_H
#define EU_SYM_SYM_H

/*
 * Addresses of stack traces to names, through the module "sym" and with a
 * cache. What cannot be told stays an address; that is never an error.
 *
 * Names of a process are kept when it ends, for what it left in maps. Another
 * process of its number, or another program in it, is found out within a
 * second.
 */

#include "base/error.h"

/* One line of a stack. Strings are NULL where nothing is known. */
struct eu_frame {
	uint64_t addr; /* 0: inlined into the next frame */
	const char *name;
	const char *module;
	const char *file; /* with its folder if that is known */
	uint32_t line;
	uint64_t offset; /* in the function; without a name in @module */
};

struct eu_sym;

/*
 * Never fails for want of the module: then addresses stay what they are, and
 * eu_sym_open() says why. NULL if no memory.
 */
struct eu_sym *eu_sym_new(void);
int eu_sym_open(struct eu_sym *s, struct eu_error *err);

/* Accepts NULL. */
void eu_sym_free(struct eu_sym *s);

/*
 * The frames of a stack, innermost first, of process @pid, the kernel's for 0,
 * and those of an unknown process for -1. All addresses but the first are
 * return addresses. @now: a clock in nanoseconds. Borrowed until the next call.
 */
const struct eu_frame *eu_sym_stack(struct eu_sym *s, int64_t pid,
				    const uint64_t *addrs, size_t n,
				    uint64_t now, size_t *ret_n);

#endif
