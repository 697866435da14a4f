/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_HINTS_H
#define EU_CC_HINTS_H

#include "base/error.h"

/*
 * Adds to @err what to do about the messages that the compiler had for a
 * source, if they are of those that everybody meets. Returns @code.
 */
int eu_hints_append(const char *messages, int code, struct eu_error *err);

/* Is a hint's reason that a name is taken, so that no other header helps? */
bool eu_hints_blame_name(const char *messages);

#endif
