/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_CLANG_H
#define EU_CC_CLANG_H

/*
 * Which clang compiles, and where the libclang of the same version is: found
 * without running it, as that would take longer than a parse.
 */

#include "base/buf.h"
#include "base/error.h"

struct eu_clang {
	char *path;	/* to execute */
	char *libclang; /* library to open, a path or a bare name */
	char *identity; /* changes whenever the compiler does */
};

/*
 * @name is a path or a name in PATH; NULL: $CLANG, "clang", the newest
 * "clang-N". libclang is $LIBCLANG_PATH (a file or a folder), else what lies
 * beside that clang, else what the dynamic linker finds. -ENOENT says what to
 * install.
 */
int eu_clang_find(const char *name, struct eu_clang *ret, struct eu_error *err);

void eu_clang_done(struct eu_clang *c);

#define eu_auto_clang EU_CLEANUP(eu_clang_done)

#endif
