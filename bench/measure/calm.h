/* SPDX-License-Identifier: MIT */
#ifndef BENCH_CALM_H
#define BENCH_CALM_H

/*
 * Was the machine left to us? What else runs takes the caches away from the
 * measured, even if it waits for them. The kernel counts for how long somebody
 * waited for a processor (/proc/pressure/cpu, where it has that).
 *
 * A round that was not calm is taken again, until too many were.
 */

#include <stdbool.h>

struct calm {
	int again;	       /* rounds that may still be taken again */
	double from, waited;   /* of the round at hand */
	int rounds, disturbed; /* that were kept */
};

void calm_begin(struct calm *c);
/* False if the round is to be dropped. */
bool calm_keep(struct calm *c);

#endif
