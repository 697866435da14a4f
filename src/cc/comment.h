/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_COMMENT_H
#define EU_CC_COMMENT_H

/*
 * Documentation comments (three slashes, or two stars) as keys and values.
 * docs/package.md lists the annotations. In short: "@word value" at the start
 * of a line sets a key, to JSON if the value is JSON, else to text; a JSON
 * object may go on over several lines. Doxygen's block commands (@brief,
 * @details ...) and plain text, which becomes "description", go on to an empty
 * line and are always text. "@target" may stand several times and is then a
 * list.
 */

#include <jansson.h>

#include "base/error.h"

/*
 * The comment as it stands in the source, with its slashes and stars, as a
 * new object; empty if it says nothing. -EINVAL names the annotation whose
 * value cannot be read.
 */
int eu_comment_parse(const char *text, json_t **ret, struct eu_error *err);

/*
 * The annotation of ours ("sample") that whoever wrote the unknown @word of
 * @len bytes ("sampl") meant, or NULL.
 */
const char *eu_comment_meant(const char *word, size_t len);

/*
 * The documentation comment that stands above what begins at @at of @text,
 * with nothing between them but the beginning of a declaration, to be freed;
 * NULL if there is none. -ENOMEM.
 */
int eu_comment_above(const char *text, size_t at, char **ret);

#endif
