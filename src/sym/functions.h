/* SPDX-License-Identifier: MIT */
#ifndef EU_SYM_FUNCTIONS_H
#define EU_SYM_FUNCTIONS_H

/* What the module "sym" does for the layer: addresses to names, uncached. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A function at an address. Of inlined functions there are several at one
 * address, the innermost first. All strings may be NULL, and are gone when the
 * function returns that they were given to.
 */
struct eu_symbol {
	const char *name;
	const char *module; /* path of the executable or library */
	const char *dir, *file;
	uint32_t line;	 /* 0: not known */
	uint64_t offset; /* from the function's start; without name in @module */
	bool inlined;
};

/* Called once for each address, in their order; @n is 0 for an unknown one. */
typedef void (*eu_symbol_fn)(void *ctx, size_t i, const struct eu_symbol *syms,
			     size_t n);

struct eu_sym_functions {
	void *(*open)(void); /* NULL: out of memory */
	void (*close)(void *m);
	/*
	 * False, and @fn was not called, when nothing can be told of any
	 * address of the process.
	 */
	bool (*resolve)(void *m, uint32_t pid, const uint64_t *addrs, size_t n,
			eu_symbol_fn fn, void *ctx);
};

#endif
