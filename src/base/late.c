/* SPDX-License-Identifier: MIT */
#include "base/late.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int eu_late_open(const char *file, const char *const *names, size_t n,
		 void *ret_functions, struct eu_error *err)
{
	void *lib = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	void *function;
	size_t i;
	int r = 0;

	if (!lib)
		return eu_error_set(
			err, -ENOENT,
			"'%s' is needed for this and cannot be opened: install it",
			file);
	for (i = 0; i < n && !r; i++) {
		function = dlsym(lib, names[i]);
		if (!function)
			r = eu_error_set(err, -ELIBBAD, "'%s' has no %s()",
					 file, names[i]);
		/* No pointer to data may point to a function in C. */
		memcpy((char *)ret_functions + i * sizeof(function), &function,
		       sizeof(function));
	}
	dlclose(lib);
	return r;
}
