/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_GATHER_H
#define EU_OUT_GATHER_H

/*
 * Records kept to be handed on in an order: "-took,pid" has the largest took
 * first, and of equals the smallest pid. What a record is too short for comes
 * last; equals stay as they came. No more than a million records and 256 MiB
 * are kept, those that come first by the order.
 */

#include "out/field.h"
#include "out/sink.h"

struct eu_gather;

/*
 * @head: how many are handed on; 0: all. *@ret_unknown is the first name that
 * the stream does not have, or NULL; those are no part of the order. -EINVAL
 * for what has no order.
 */
int eu_gather_new(const char *order, const struct eu_stream *st, uint64_t head,
		  struct eu_gather **ret, const char **ret_unknown,
		  struct eu_error *err);

/* A copy of it. -ENOMEM. */
int eu_gather_add(struct eu_gather *g, const struct eu_record *r);

/*
 * Hands all on to the sink, and is empty. Returns how many were not kept for
 * want of room, or what writing returned.
 */
int64_t eu_gather_flush(struct eu_gather *g, struct eu_sink *s);

/* Accepts NULL. */
void eu_gather_free(struct eu_gather *g);

#endif
