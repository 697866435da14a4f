/* SPDX-License-Identifier: MIT */
#ifndef EU_COMPAT_ARGS_H
#define EU_COMPAT_ARGS_H

/* Command lines of a package as the C interface of eunomia-bpf takes them. */

#include "pkg/package.h"

typedef int (*eu_args_set_fn)(void *ctx, const struct eu_var *var,
			      const char *value, struct eu_error *err);

/*
 * Calls @set for each flag behind args[0]. -EINVAL for wrong usage, -ECANCELED
 * with the text of the help as the error's for "--help", and what @set returns.
 */
int eu_args_apply(const struct eu_package *pkg, char **args, int argc,
		  eu_args_set_fn set, void *ctx, struct eu_error *err);

/*
 * The metadata @meta with "value" and default of variables as the command line
 * says; to be freed. -EINVAL for broken metadata; else -EPROTO and the words of
 * eu_args_apply() for what it refuses.
 */
int eu_args_fill(const char *meta, char **args, int argc, char **ret_text,
		 size_t *ret_len, struct eu_error *err);

#endif
