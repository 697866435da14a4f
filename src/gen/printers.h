/* SPDX-License-Identifier: MIT */
#ifndef EU_GEN_PRINTERS_H
#define EU_GEN_PRINTERS_H

/*
 * Functions for guests that print the structs of a BPF object as JSON and text:
 * tables, made of each struct's layout, that <bpf-print.h> walks over.
 */

#include "base/buf.h"
#include "pkg/package.h"

/* For all structs and unions with a name; a comment for what has no values. */
int eu_printers_write(const struct eu_package *pkg, struct eu_buf *out,
		      struct eu_error *err);

#endif
