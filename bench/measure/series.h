/* SPDX-License-Identifier: MIT */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

/*
 * A series is what was measured of one side, round by round. Two series that
 * were taken by turns are compared round by round too: a machine that becomes
 * slower or faster changes both.
 */

#include <stdbool.h>
#include <stddef.h>

enum { MAX_ROUNDS = 1024 };

struct series {
	size_t n;
	double v[MAX_ROUNDS];
};

struct spread {
	double min, median, max;
};

/* Rounds above MAX_ROUNDS are dropped. */
void series_add(struct series *s, double v);
struct spread series_spread(const struct series *s);
/* Of a's rounds over b's. */
struct spread series_ratio(const struct series *a, const struct series *b);

/* What is asked of a figure; 0: nothing. */
struct target {
	double most;  /* of the median, in the figure's unit */
	double ratio; /* of the median ratio */
	double more;  /* of the median difference, in the figure's unit */
};

/* The table's head. */
void report_begin(void);
/* One row of it: @what in @unit, ours against @b, which is called @other. */
void report(const char *what, const char *unit, const struct series *a,
	    const char *other, const struct series *b, struct target t);

/* The same program measured twice: what the machine alone makes different. */
void report_noise(const char *what, const char *unit, const struct series *a,
		  const struct series *b);
/* How many rounds had to be taken in spite of other load. */
void report_calm(const char *what, int rounds, int disturbed);
/*
 * Losses: none is asked for where the other side had none. No verdict if the
 * events were not made as @fast as they should be.
 */
void report_losses(const char *what, const struct series *a, const char *other,
		   const struct series *b, bool fast);

#endif
