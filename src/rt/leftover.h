/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_LEFTOVER_H
#define EU_RT_LEFTOVER_H

/*
 * What no descriptor holds and would stay in the kernel if this process were
 * killed: filters of clsact, cgroup programs with flags, struct_ops without a
 * link, trace instances. For a tool that has a child of its own take them off;
 * the library itself never forks.
 */

#include "rt/program.h"

bool eu_leftover_any(const struct eu_program *p);

/*
 * In the child: closes all descriptors but @keep and those that removing
 * needs. Else links and maps would live on in it.
 */
void eu_leftover_hold(const struct eu_program *p, const int *keep, size_t n);

/*
 * In the child, when the parent has ended: removes what is still there and
 * still ours. May be called again while a trace instance is in use.
 */
void eu_leftover_remove(struct eu_program *p);

#endif
