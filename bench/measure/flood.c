/* SPDX-License-Identifier: MIT */
#include "flood.h"

#include "ring.h"

enum {
	STEP = 10,    /* events a call, at least */
	RECORD = 176, /* bytes in the ring */
};

/* Seconds between calls, and how far one may be late. */
static const double PERIOD = 10e-6, GRACE = 200e-6;

/* Seconds that it took. What is late is not made up for by a faster burst. */
static double make(double rate, double seconds)
{
	int step = (int)(rate * PERIOD) > STEP ? (int)(rate * PERIOD) : STEP;
	long calls = (long)(seconds * rate / step);
	double start = now(), next = start, done = start;

	for (long i = 0; i < calls; i++) {
		burst(FLOOD_KEY, step, false);
		next += step / rate;
		while ((done = now()) < next)
			;
		next = done > next + GRACE ? done : next;
	}
	return done - start;
}

struct flood flood(const struct setup *setup, const struct command *cmd,
		   double rate, double seconds)
{
	const struct child_opts o = { .out = -1,
				      .cpu = setup->consumer,
				      .urgent = true,
				      .prints = cmd->prints };
	struct burst_counts counts;
	double cpu, took, end;
	struct child c;
	struct ring r;

	child_start(&c, cmd->argv, &o);
	ring_open(&r, &c);
	child_settle(&c);
	cpu = child_cpu(&c);
	took = make(rate, seconds);
	for (end = now() + 5; !ring_drained(&r); sleep_us(1000))
		if (now() > end)
			fail("%s does not read its ring", cmd->argv[0]);
	child_settle(&c);
	cpu = child_cpu(&c) - cpu;
	counts = ring_counts(&r);
	if (ring_taken(&r) != counts.made * RECORD)
		fail("%llu events are not %lu bytes", counts.made,
		     ring_taken(&r));
	ring_close(&r);
	child_stop(&c);
	return (struct flood){
		.lost = counts.failed * 1e6 / (counts.made + counts.failed),
		.rate = (counts.made + counts.failed) / took,
		.busy = cpu / took * 100,
	};
}
