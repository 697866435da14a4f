/* SPDX-License-Identifier: MIT */
#ifndef EU_GEN_APP_H
#define EU_GEN_APP_H

/*
 * The user space of a package as a Wasm guest to begin with: a program that
 * prints each event as JSON, and the header that it includes.
 */

#include "base/buf.h"
#include "pkg/package.h"

/* The program, which is the user's to change: it includes "ewasm-skel.h". */
int eu_app_write(const struct eu_package *pkg, struct eu_buf *out,
		 struct eu_error *err);

/*
 * That header: the package of @len bytes at @json as a C string, the object's
 * skeleton, the types of its maps and functions that print types.
 */
int eu_app_header(const struct eu_package *pkg, const char *json, size_t len,
		  struct eu_buf *out, struct eu_error *err);

#endif
