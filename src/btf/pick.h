/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_PICK_H
#define EU_BTF_PICK_H

/*
 * Types picked out of a BTF: some are added, those that a relocation would
 * look at on its way through them follow, and the whole can be written as a
 * small BTF of its own. Ids are kept in their order, so that libbpf meets
 * candidates as it would have in the whole.
 *
 * What a relocation cannot see is left out: members and enumerators that
 * nobody asked for, and what pointers point to. Two things it can see are
 * kept: whether a member is the last one of its struct (an array of no
 * elements is a flexible one there, and only there), and, for matches, how
 * many there are.
 */

#include "base/buf.h"
#include "btf/rawbtf.h"
#include "btf/wanted.h"

/* The name of members that stay but that nobody asked for. Not a C name. */
#define EU_PICK_UNWANTED "?"

struct eu_pick_item {
	uint32_t id;
	uint8_t depth; /* set of enum eu_depth */
	uint8_t done;  /* of those, already followed */
};

struct eu_pick {
	struct eu_rawbtf *raw;		/* scanned; borrowed */
	const struct eu_wanted *wanted; /* members; NULL: all of them */
	struct eu_pick_item *items;	/* by id */
	size_t n;
	uint32_t *todo; /* ids whose depth grew */
	size_t n_todo;
};

/* Accepts NULL. */
void eu_pick_done(struct eu_pick *p);

#define eu_auto_pick EU_CLEANUP(eu_pick_done)

/* 0 is void, and nothing to do. -ENOMEM, -E2BIG. */
int eu_pick_add(struct eu_pick *p, uint32_t id, uint8_t depth);

/*
 * Adds all that the added ones need. -EBADMSG for a BTF that is broken there,
 * -EOPNOTSUPP for one that has more than this code takes, or is odd.
 */
int eu_pick_follow(struct eu_pick *p, struct eu_error *err);

/* The picked types as BTF. As eu_pick_follow(), and @out's own errors. */
int eu_pick_write(struct eu_pick *p, struct eu_buf *out, struct eu_error *err);

#endif
