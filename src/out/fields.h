/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_FIELDS_H
#define EU_OUT_FIELDS_H

/*
 * Which members are shown, in which order: "a,b.c" shows these, "-a,-b" all
 * but these, "+a.b" all and this. Names as in out/field.h.
 */

#include "out/field.h"

struct eu_fields;

/* -EINVAL for a list with nothing between two commas. */
int eu_fields_new(const char *text, struct eu_fields **ret, struct eu_error *err);
void eu_fields_free(struct eu_fields *f);

/*
 * New layouts of what is shown of a stream, the caller's (the key's is NULL if
 * it has none). They stand on the stream's own, which must outlive them. The
 * stream's stacks that are not shown are marked.
 */
int eu_fields_apply(struct eu_fields *f, struct eu_stream *st,
		    struct eu_layout **ret_key, struct eu_layout **ret_value,
		    struct eu_error *err);

/* After all streams: -EINVAL for a name that none of the @n had. */
int eu_fields_check(const struct eu_fields *f,
		    const struct eu_stream *const *streams, size_t n,
		    struct eu_error *err);

#endif
