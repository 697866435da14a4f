/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_MODULE_H
#define EU_CC_MODULE_H

/*
 * vmlinux.h parsed once and kept as a clang module: a compile that imports it
 * takes half the time of one that reads the 3 MB.
 *
 * A module sees no macro of the source that imports it, and its use orders
 * the types in the object differently. So whether it is used follows from the
 * source and the flags alone, never from what the cache holds: where it is
 * missing it is built first, in a step of its own.
 */

#include "base/child.h"
#include "cc/clang.h"

struct eu_module {
	char *dir;	/* has vmlinux.h and its module map */
	char *map;	/* module.modulemap in it */
	char *file;	/* vmlinux.pcm in it */
	bool temporary; /* no cache could be written: delete it */
};

/*
 * Can a source that starts with the inclusion of vmlinux.h use the module?
 * Flags that only add folders, silence warnings, or define macros that the
 * header does not mention do no harm.
 */
bool eu_module_fits(const char *header, size_t len, char *const *flags, size_t n);

/*
 * The module of @header (its @len bytes) for compiles with @clang and the flags
 * @base; built if the cache has none, after a line through @say.
 */
int eu_module_open(struct eu_module *m, const struct eu_clang *clang,
		   const struct eu_argv *base, const char *arch,
		   const char *header, size_t len,
		   void (*say)(const char *line), struct eu_error *err);

/* Only the folder with the header in it under its right name. */
int eu_module_place(struct eu_module *m, const struct eu_clang *clang,
		    const struct eu_argv *base, const char *arch,
		    const char *header, size_t len, struct eu_error *err);

/* Adds the flags that make a compile use it. */
void eu_module_flags(const struct eu_module *m, struct eu_argv *a);

void eu_module_done(struct eu_module *m);

#define eu_auto_module EU_CLEANUP(eu_module_done)

#endif
