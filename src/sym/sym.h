/* SPDX-License-Identifier: MIT */
#ifndef EU_SYM_SYM_H
#define EU_SYM_SYM_H

/*
 * Addresses of stack traces to names, with a cache: those of processes through
 * the module "sym", the kernel's from /proc/kallsyms. What cannot be told stays
 * an address; that is never an error.
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
 * One that knows nothing: addresses stay what they are. NULL if no memory. The
 * other two give it names of processes' functions, or say what is missing, and
 * of the kernel's (@path NULL: of the running one), as far as the rights go
 * that we have when calling it; they are not needed any more when reading.
 */
struct eu_sym *eu_sym_new(void);
int eu_sym_open(struct eu_sym *s, struct eu_error *err);
void eu_sym_open_kernel(struct eu_sym *s, const char *path);

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
