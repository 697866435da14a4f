/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_FOLD_H
#define EU_OUT_FOLD_H

/*
 * Stack traces counted: each as one line, outermost first, "comm;main;f;g". A
 * kernel stack stands behind the user's of the same record, its names with
 * "_[k]" behind them. What an event counts is 1; an entry of a sampled map
 * counts what the first integer of its value says.
 */

#include "out/sink.h"

struct eu_fold_line {
	const char *text; /* without NUL */
	size_t len;
	uint64_t count;
};

/* eu_sink_ops of every kind that shows them at the end. */
int eu_fold_begin(struct eu_sink *s, struct eu_stream *st, struct eu_error *err);
void eu_fold_record(struct eu_sink *s, const struct eu_record *r);
void eu_fold_round(struct eu_sink *s, const struct eu_stream *st);
void eu_fold_finish(struct eu_sink *s, struct eu_stream *st);
void eu_fold_done(struct eu_sink *s);

/*
 * The lines, sorted name by name, each once, none with a count of 0. Borrowed
 * until the next record; NULL if there are none, or no memory for them, which
 * s->out then says.
 */
const struct eu_fold_line *eu_fold_lines(struct eu_sink *s, size_t *ret_n);

#endif
