/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/module.h"

/* In the static ecli: it stands for base/module.c, which opens libraries. */
int eu_module_load(const char *name, const void **ret_functions,
		   struct eu_error *err)
{
	(void)ret_functions;
	return eu_error_set(
		err, -ENOTSUP,
		"the static ecli has no modules, '%s' neither: use the other ecli",
		name);
}
