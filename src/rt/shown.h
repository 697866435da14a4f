/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_SHOWN_H
#define EU_RT_SHOWN_H

/*
 * What is shown of a source's records, where that is not all of all as it
 * comes: a filter, some members, an order, the first so many; and the member
 * that says when it happened.
 */

#include "out/fields.h"
#include "out/filter.h"
#include "out/gather.h"
#include "rt/program.h"

struct eu_source;

struct eu_shown {
	struct eu_filter *filter;      /* NULL: all */
	struct eu_gather *gather;      /* NULL: as they come */
	char *order;		       /* of the gather; NULL: as they come */
	struct eu_layout *key, *value; /* what is shown; NULL: all */
	uint64_t head, rows; /* so many, so many were; UINT64_MAX: all */
	bool has_when;
	struct eu_field when;
};

/* What the user asked for; texts are copied. */
int eu_shown_all_take(struct eu_program *p, const struct eu_program_opts *o,
		      struct eu_error *err);
void eu_shown_all_done(struct eu_program *p);

/* For all sources, when they are known. -EINVAL for names that none has. */
int eu_shown_all_open(struct eu_program *p, struct eu_error *err);
void eu_shown_free(struct eu_shown *c);

/* Is it to be shown? Sets its time. */
bool eu_shown_wants(struct eu_source *s, struct eu_record *r);

/*
 * A sampling round, or all, is over: what was gathered goes to the sink, which
 * remembers a failed write.
 */
void eu_shown_round(struct eu_source *s);

#endif
