/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_COMPILE_H
#define EU_CC_COMPILE_H

/*
 * A C source made into a package. The same source, flags, compiler and
 * vmlinux.h give the same bytes, whatever folder it is called from and
 * whatever the cache holds. No file is written but the cache's.
 */

#include "cc/clang.h"
#include "pkg/package.h"

struct eu_compile {
	const char *source;
	/* whose structs are exported, or NULL; may be the source itself */
	const char *header;
	const char *clang;   /* see eu_clang_find() */
	const char *strip;   /* llvm-strip to be run, or NULL: not needed */
	const char *vmlinux; /* see eu_vmlinux_find() */
	char *const *flags;  /* more flags for the compiler */
	size_t n_flags;
	const char *const *archs; /* one at least */
	size_t n_archs;
	bool color; /* the compiler's messages go to a terminal */
	/* A line about something that takes long; a command that is run. */
	void (*say)(const char *line);
	void (*command)(const char *line);
	/* The compiler's own messages, in pieces. */
	void (*relay)(const char *text, size_t len);
};

/* -EBADMSG if the compiler refused the source: it has said why. */
int eu_compile(const struct eu_compile *o, struct eu_package **ret,
	       struct eu_error *err);

/* "bootstrap" of "dir/bootstrap.bpf.c"; new memory, or NULL. */
char *eu_compile_name(const char *source);

#endif
