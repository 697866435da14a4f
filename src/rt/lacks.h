/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_LACKS_H
#define EU_RT_LACKS_H

/* What an object needs and this kernel does not have, found by trying. */

#include "pkg/feature.h"

/*
 * The features that @pkg needs and that do not work here, newest first; to be
 * freed. What cannot be tried counts as being there. Takes some milliseconds.
 * -EPERM if this process has no right to try.
 */
int eu_lacks_of(const struct eu_package *pkg, struct eu_feature **ret,
		size_t *ret_n, struct eu_error *err);

/* "helper 'loop' (new in Linux 5.17)" behind what is in @err. Returns @code. */
int eu_lacks_append(const struct eu_feature *f, int code, struct eu_error *err);

#endif
