/* SPDX-License-Identifier: MIT */
#ifndef TOOL_H
#define TOOL_H

/* Each executable describes itself in a table; its documents come out of it. */

#include "base/options.h"

/*
 * The tool called by the last part of @path. An executable that has one name
 * only, or is called otherwise, gives its first.
 */
const struct eu_tool *tool_find(const char *path);

#endif
