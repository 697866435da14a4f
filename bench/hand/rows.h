/* SPDX-License-Identifier: MIT */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

/*
 * A way to show events, written by hand for the one struct. Each is a file,
 * linked with hand.c to a program of its own.
 */

#include "event.h"

void rows_begin(bool json);
void rows_text(const struct event *e);
void rows_json(const struct event *e);
/* What was there is dealt with. */
void rows_end_batch(void);

#define ROWS_HEADER \
	"TIME     PID    PPID   EXIT_CODE DURATION_NS COMM   FILENAME EXIT_EVENT \n"

#endif
