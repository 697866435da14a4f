/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_HIST_H
#define EU_OUT_HIST_H

/* Histograms, drawn as rows of stars. */

#include "out/sink.h"

/*
 * The picture of @n slots: a header and a row for each slot up to the last
 * that is not zero; nothing if all are.
 */
void eu_hist_draw(struct eu_buf *out, const uint64_t *slots, size_t n,
		  const char *unit);

/* Slots of an entry that are looked at. */
enum { EU_HIST_SLOTS = 1024 };

/*
 * The same where slot i holds what is from @bounds[i] to below @bounds[i + 1];
 * the last bound, if there is a slot behind it, has no end.
 */
void eu_hist_draw_slots(struct eu_buf *out, const uint64_t *slots, size_t n,
			const int64_t *bounds, size_t n_bounds, const char *unit);

/*
 * One entry of a sampled map: of which and when, if that is not plain or was
 * asked for; its key, the members of its value but "slots", then the picture of
 * "slots", an array of integers.
 */
void eu_hist_record(struct eu_sink *s, const struct eu_record *r);

#endif
