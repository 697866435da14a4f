/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "measure.h"
#include "ring.h"
#include "series.h"

/* What does not fit into 256 KiB at a million events a second. */

enum {
	RATE = 1000000,
	STEP = 10, /* events a call, each 10 µs */
	ROUNDS = 5,
	QUICK_ROUNDS = 2,
	SECONDS = 3,
	QUICK_SECONDS = 1,
	RECORD = 176, /* bytes in the ring */
	KEY = 1,
	TRIES = 5,
};

/* Seconds: 200 events, a seventh of the ring. */
static const double GRACE = 200e-6;
/* Of RATE. The scheduler keeps a twentieth for others. */
static const double FAST_ENOUGH = 0.94;

struct side {
	const char *name;
	bool json;
	struct command cmd;
	struct series lost, rate, busy;
};

/* False if the machine left the generator too little time to be that fast. */
static bool run_once(struct side *s, const struct setup *setup, int length,
		     bool last_try)
{
	const struct child_opts o = { .out = -1,
				      .cpu = setup->consumer,
				      .urgent = true };
	const long calls = (long)length * RATE / STEP;
	struct burst_counts counts;
	double start, next, cpu, took, done, rate;
	struct child c;
	struct ring r;

	child_start(&c, s->cmd.argv, &o);
	ring_open(&r, &c);
	child_settle(&c);
	cpu = child_cpu(&c);
	start = next = now();
	for (long i = 0; i < calls; i++) {
		burst(KEY, STEP, false);
		next += (double)STEP / RATE;
		while ((done = now()) < next)
			;
		/* What is late is not made up for by a faster burst. */
		next = done > next + GRACE ? done : next;
	}
	took = done - start;
	for (double end = now() + 5; !ring_drained(&r); sleep_us(1000))
		if (now() > end)
			fail("%s does not read its ring", s->cmd.argv[0]);
	child_settle(&c);
	cpu = child_cpu(&c) - cpu;
	counts = ring_counts(&r);
	if (ring_taken(&r) != counts.made * RECORD)
		fail("%llu events are not %lu bytes", counts.made,
		     ring_taken(&r));
	ring_close(&r);
	child_stop(&c);
	rate = (counts.made + counts.failed) / took;
	if (rate < RATE * FAST_ENOUGH && !last_try)
		return false;
	series_add(&s->lost, counts.failed * 1e6 / (counts.made + counts.failed));
	series_add(&s->rate, rate / 1e6);
	series_add(&s->busy, cpu / took * 100);
	return true;
}

int figure_losses(const struct setup *s, int argc, char **argv)
{
	static struct side sides[4] = {
		{ .name = NULL, .json = false },
		{ .name = "fast", .json = false },
		{ .name = NULL, .json = true },
		{ .name = "fast", .json = true },
	};
	int rounds = s->quick ? QUICK_ROUNDS : ROUNDS;
	int length = s->quick ? QUICK_SECONDS : SECONDS;
	const struct target none = { 0 };
	char name[64];

	(void)argc;
	(void)argv;
	pin(s->generator);
	for (size_t i = 0; i < 4; i++) {
		struct side *d = &sides[i];

		if (d->name)
			command_hand(&d->cmd, s, d->name, burst_object(s),
				     d->json, KEY);
		else
			command_ecli(&d->cmd, s, burst_object(s), d->json, KEY);
	}
	go_first();
	for (int round = 0; round < rounds; round++)
		for (size_t i = 0; i < 4; i++)
			for (int try = 1;
			     !run_once(&sides[i], s, length, try == TRIES); try++)
				;
	for (size_t i = 0; i < 4; i += 2) {
		const struct side *a = &sides[i], *b = a + 1;

		snprintf(name, sizeof(name), "%s: lost of a million",
			 a->json ? "JSON" : "text");
		report_losses(name, &a->lost, &b->lost,
			      series_spread(&a->rate).median >= FAST_ENOUGH &&
				      series_spread(&b->rate).median >=
					      FAST_ENOUGH);
		snprintf(name, sizeof(name), "%s: events made",
			 a->json ? "JSON" : "text");
		report(name, "millions/s", &a->rate, "formatter by hand",
		       &b->rate, none);
		snprintf(name, sizeof(name), "%s: processor in use",
			 a->json ? "JSON" : "text");
		report(name, "%", &a->busy, "formatter by hand", &b->busy, none);
	}
	return 0;
}
