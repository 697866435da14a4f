/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_NOTES_H
#define EU_PKG_NOTES_H

/*
 * What a help text says of a variable besides its description: the names that
 * its type has for values, and the value that it has if nobody sets it.
 */

#include "pkg/image.h"
#include "pkg/param.h"

/*
 * The value that @var has if nobody sets it, of a kind that text can set: what
 * the metadata says, else what it holds in the object @img (NULL: not known).
 * False if there is none to tell.
 */
bool eu_notes_default(const struct eu_package *pkg, const struct eu_image *img,
		      const struct eu_var *var, struct eu_buf *out);

/*
 * Appends " (RED, GREEN or BLUE; default: RED)", " (default: 5)" or nothing to
 * the help of each flag. The default is what the metadata says, else what the
 * variable holds in the object. Not for flags that stand for a value where
 * their names tell the default. -ENOMEM leaves flags without their notes.
 */
int eu_flags_note(struct eu_flags *f, const struct eu_package *pkg);

#endif
