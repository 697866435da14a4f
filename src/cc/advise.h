/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_ADVISE_H
#define EU_CC_ADVISE_H

/*
 * What compiles and yet cannot be what was meant. Each finding is a line as the
 * compiler writes its own: "x.bpf.c:7: warning: …", without a number where the
 * line is not known.
 */

#include "cc/decls.h"
#include "pkg/package.h"

struct eu_advice {
	const struct eu_package *pkg;
	const struct eu_decls *decls;
	const char *source; /* its path as typed */
	const char *text;   /* its content */
	const char *header; /* as given, or NULL */
};

/* Appends to @out. 0 or -ENOMEM. */
int eu_advise(const struct eu_advice *a, struct eu_buf *out);

#endif
