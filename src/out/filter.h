/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_FILTER_H
#define EU_OUT_FILTER_H

/*
 * An expression over the members of records, compiled once against a stream's
 * layouts and asked for each record before anything of it is made text:
 *
 *	comm ~ "^(ba)?sh$" and (uid != root or took >= 10ms) && !exit_event
 *
 * docs/output.md has the language. What a record is too short for, and what
 * its stream has no member for, is never true.
 */

#include "out/field.h"

struct eu_filter;

/*
 * -EINVAL and the expression with a caret under the place, -E2BIG for one of
 * more than 64 KiB. *@missing: a bit
 * for each use of a name that the stream does not have, in their order (of more
 * than 64 the others count as the last).
 */
int eu_filter_new(const char *text, const struct eu_stream *st,
		  struct eu_filter **ret, uint64_t *missing,
		  struct eu_error *err);

/*
 * The error for the first bit of @missing: its name, and what @n streams have.
 * -EINVAL.
 */
int eu_filter_unknown(const struct eu_filter *f, uint64_t missing,
		      const struct eu_stream *const *streams, size_t n,
		      struct eu_error *err);

/*
 * -EINVAL, and those there are, if the map that @f asks for by == is none of @n
 * streams; else 0.
 */
int eu_filter_check_map(const struct eu_filter *f,
			const struct eu_stream *const *streams, size_t n,
			struct eu_error *err);

bool eu_filter_match(struct eu_filter *f, const struct eu_record *r);

/* Accepts NULL. */
void eu_filter_free(struct eu_filter *f);

#endif
