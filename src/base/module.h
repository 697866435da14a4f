/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_MODULE_H
#define EU_BASE_MODULE_H

/*
 * Modules: shared objects that bring what few runs need and what costs much to
 * load. NAME.so exports one symbol, "eu_module", links none of our layers, and
 * belongs to exactly one version of eunomia.
 */

#include "base/error.h"

struct eu_module {
	const char *version; /* EU_VERSION; the first member for ever */
	const char *name;
	const void *functions; /* what they are the module's header says */
};

/*
 * Opens the module @name, or finds it open; it stays so. Looked for in
 * $EUNOMIA_MODULE_DIR (not by a program that runs with more rights than its
 * caller has), in "modules" beside the executable, as a build tree has it, in
 * "eunomia" beside the library, and where eunomia was to be installed. -ENOENT if there is none, -ELIBBAD for one that
 * is of another version or cannot be opened.
 */
int eu_module_load(const char *name, const void **ret_functions,
		   struct eu_error *err);

#endif
