/* SPDX-License-Identifier: MIT */
#ifndef BENCH_FLOOD_H
#define BENCH_FLOOD_H

/* Events at a rate into the ring of a process that is started for that. */

#include "measure.h"

enum { FLOOD_KEY = 1 }; /* which the command has to be given */

struct flood {
	double lost; /* of a million */
	double rate; /* events a second that were made, lost ones included */
	double busy; /* percent of a processor that the process used */
};

/* Of what was asked for. The scheduler keeps a twentieth for others. */
#define FLOOD_FAST_ENOUGH 0.94

struct flood flood(const struct setup *setup, const struct command *cmd,
		   double rate, double seconds);

#endif
