/* SPDX-License-Identifier: MIT */
#ifndef BENCH_RING_H
#define BENCH_RING_H

/*
 * The ring buffer and the counters that a measured process got by loading
 * burst.bpf.o, found by its descriptors. It is looked at rarely: whoever reads
 * the consumer's position takes the cache line away from it.
 */

#include "burst.h"
#include "child.h"

enum { MAX_RINGS = 8 };

struct ring {
	int n; /* rings: 1, or 8 of burst8.bpf.o */
	int map[MAX_RINGS], counts;
	const unsigned long *consumer[MAX_RINGS], *producer[MAX_RINGS];
};

void ring_open(struct ring *r, const struct child *c);
void ring_open_many(struct ring *r, const struct child *c, int n);
void ring_close(struct ring *r);
bool ring_drained(const struct ring *r);
/* Bytes that were put into the ring and taken out of it since its start. */
unsigned long ring_taken(const struct ring *r);
struct burst_counts ring_counts(const struct ring *r);

/* Has @n events made for the running copy @key. */
void burst(int key, int n, bool wake_once);

#endif
