/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_RIGHTS_H
#define EU_RT_RIGHTS_H

/* What a process must be allowed to do to load and attach any program. */

#include "base/error.h"

/* Whether capabilities are missing; @err, -EPERM, then says which. */
bool eu_rights_missing(struct eu_error *err);

/* 0 if loading programs of any kind is allowed, else -EPERM and words. */
int eu_rights_check(struct eu_error *err);

#endif
