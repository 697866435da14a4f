/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_TYPOS_H
#define EU_CC_TYPOS_H

#include "base/buf.h"

/*
 * Words of documentation comments in a source's @text that are almost one of
 * our annotations, and have no effect as they stand. A line for each, as the
 * compiler would write it.
 */
void eu_typos(const char *text, const char *file, struct eu_buf *out);

#endif
