/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_STACKS_H
#define EU_RT_STACKS_H

/*
 * Which members of a source's records are stack traces, and the addresses that
 * they stand for. docs/stacks.md has the rules.
 */

#include "rt/source.h"

struct eu_stacks;

/*
 * Looks through the layouts of @s. What is a stack is taken out of them and put
 * into s->stacks and s->stream; both stay NULL where there is none.
 */
int eu_stacks_new(struct eu_source *s, struct eu_error *err);

/* Are there some of processes, and some that are read from a map? */
bool eu_stacks_of_processes(const struct eu_source *s);
bool eu_stacks_by_id(const struct eu_source *s);

/* Has it stacks, of which the package does not say that names are unwanted? */
bool eu_stacks_named(const struct eu_source *s);

/* Accepts NULL. */
void eu_stacks_free(struct eu_stacks *k);

/* Those of one record, in the order of s->stream.stacks; until the next call. */
const struct eu_stack *eu_stacks_read(struct eu_stacks *k, const void *key,
				      const void *data, size_t size);

#endif
