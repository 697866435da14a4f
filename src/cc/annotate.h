/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_ANNOTATE_H
#define EU_CC_ANNOTATE_H

/*
 * The documentation comments of a source put where package.json has them: on
 * variables, maps and programs by name, on exported types and their members,
 * and the one on LICENSE on the whole.
 */

#include "cc/decls.h"
#include "pkg/package.h"

/*
 * Adds to @pkg, which was made from the object that @source was compiled to.
 * The texts of errors begin with "SOURCE:LINE".
 */
int eu_annotate(struct eu_package *pkg, const struct eu_decls *decls,
		const char *source, struct eu_error *err);

#endif
