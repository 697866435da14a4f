/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_SPLIT_H
#define EU_BTF_SPLIT_H

/*
 * A large type section in memory, walked from several places at once. A type's
 * size says where the next one starts, so a walk is a chain of loads of which
 * each waits for the one before; four chains side by side take half the time.
 *
 * Types can lie anywhere, so where a part starts is a guess: a place from which
 * a row of types follows that look like types. A part is to be believed only
 * if all that stands in front of it is, and ended exactly where it starts: it
 * then holds what a walk from the section's first byte on meets. From the first
 * part on of which this is not so the section is the caller's to walk.
 */

#include "btf/rawbtf.h"

enum { EU_SPLIT_PARTS = 16 };

struct eu_split_part {
	uint32_t start, end; /* offsets into the section */
	uint32_t at;	     /* how far it was walked: @end or behind */
	bool stuck;	     /* no further, as there is no type or no room */
	uint32_t n;	     /* types met, numbered from 0 */
	struct eu_rawbtf_place *marks; /* some of them, */
	struct eu_rawbtf_place *seen;  /* and all that were asked for */
	uint32_t n_marks, n_seen, max_seen;
};

struct eu_split {
	size_t n;
	struct eu_split_part parts[EU_SPLIT_PARTS];
	struct eu_rawbtf_place *seen; /* of all parts */
};

/* Room that @marks of eu_split_walk() needs for a section of @len bytes. */
size_t eu_split_marks(uint32_t len);

/*
 * Walks the types of @raw, which must have been opened or initialised. What is
 * kept in a part's @seen is what eu_rawbtf_scan() calls its function for, in
 * the order of ids. False, and nothing done, if types are few or not in memory,
 * or if there is none left.
 */
bool eu_split_walk(struct eu_split *s, const struct eu_rawbtf *raw,
		   struct eu_rawbtf_place *marks, uint32_t kinds,
		   const struct eu_wanted *wanted);

/* Accepts NULL and what was never walked. */
void eu_split_done(struct eu_split *s);

#define eu_auto_split EU_CLEANUP(eu_split_done)

#endif
