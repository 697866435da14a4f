/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_KCONFIG_H
#define EU_RT_KCONFIG_H

/*
 * Variables of ".kconfig" hold how the kernel was configured. libbpf fills them
 * in from the kernel's own configuration, and takes other values only while an
 * object is being opened: so setting one opens it again, with all that was set
 * before.
 */

#include "rt/program.h"

/* Before load. @value has the size of @var. -EINVAL, errors of opening. */
int eu_kconfig_set(struct eu_program *p, const struct eu_var *var,
		   const void *value, struct eu_error *err);

#endif
