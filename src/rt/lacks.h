/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_LACKS_H
#define EU_RT_LACKS_H

/* What an object needs and this kernel does not have, found by trying. */

#include "pkg/feature.h"

/*
 * The features that those programs of @pkg need which @want says (NULL: all),
 * and that do not work here, newest first; to be freed. What cannot be tried
 * counts as being there. Takes some milliseconds. -EPERM if this process has no
 * right to try.
 */
int eu_lacks_of(const struct eu_package *pkg, eu_feature_want_fn want,
		const void *ctx, struct eu_feature **ret, size_t *ret_n,
		struct eu_error *err);

/*
 * The same with what attaching its programs needs; those that are left out
 * where the kernel cannot run them need nothing.
 */
int eu_lacks_to_run(const struct eu_package *pkg, struct eu_feature **ret,
		    size_t *ret_n, struct eu_error *err);

/* Does trying say that this kernel lacks what "ecli check" calls @feature? */
bool eu_lacks_feature(const char *feature);

/* "this kernel has no kprobe.multi (Linux 5.18 or later, …)". Returns @code. */
int eu_lacks_feature_append(const char *feature, int code, struct eu_error *err);

/* "helper 'loop' (new in Linux 5.17)" behind what is in @err. Returns @code. */
int eu_lacks_append(const struct eu_feature *f, int code, struct eu_error *err);

#endif
