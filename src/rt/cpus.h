/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_CPUS_H
#define EU_RT_CPUS_H

/* Values that each processor has its own of. */

#include "btf/layout.h"

/*
 * Adds up the values of @cpus processors, @stride bytes apart, into the first.
 * Only numbers can be added; what is none is taken from the first that has any.
 */
void eu_cpus_sum(const struct eu_layout *l, char *value, size_t stride, int cpus);

#endif
