/* SPDX-License-Identifier: MIT */
#ifndef ECLI_GUARD_H
#define ECLI_GUARD_H

/*
 * A small process that takes off what would outlive a killed runner, and what
 * the runner has no rights to take off any more. It is started when the first
 * such thing is going to be made, and told of each before it is.
 */

#include "rt/leftover.h"

struct guard {
	int pid; /* 0: none */
	int socket;
	bool elsewhere; /* may have to go to other network namespaces */
};

/* Has it take off @l, which is going to be made, if it outlives this process. */
int guard_tell(struct guard *g, const struct eu_leftover *l,
	       struct eu_error *err);

/* Once all is taken off: it is to end. */
void guard_end(struct guard *g);

#endif
