/* SPDX-License-Identifier: MIT */
#ifndef BENCH_BURST_H
#define BENCH_BURST_H

/*
 * How burst.bpf.c is asked for events: by getpgid(2) of a process that cannot
 * be, whose number says what is wanted.
 */

enum {
	BURST_ASK = 1 << 30, /* more than any process has */
	/*
	 * Wakes the reader once, behind the last event, so that its work does
	 * not depend on how far it runs beside the writer. Without, the kernel
	 * wakes it when it has caught up, as usual.
	 */
	BURST_WAKE_ONCE = 1 << 29,
	BURST_KEY_SHIFT = 16, /* which running copy is meant, 0 to 255 */
	BURST_KEY_MASK = 255,
	BURST_MAX = 65535, /* events */
};

/* The map "counts", one element. */
struct burst_counts {
	unsigned long long made;   /* what did not fit is not among them */
	unsigned long long failed; /* found the ring full */
};

#endif
