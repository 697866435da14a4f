/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "child.h"
#include "flood.h"
#include "series.h"

/* What does not fit into 256 KiB at a million events a second. */

enum {
	RATE = 1000000,
	ROUNDS = 5,
	QUICK_ROUNDS = 2,
	SECONDS = 3,
	QUICK_SECONDS = 1,
	TRIES = 5,
	/* Short ones: a moment in which the host has other work spoils one. */
	SHORT_ROUNDS = 31,
	QUICK_SHORT_ROUNDS = 11,
};

struct side {
	const char *name;
	bool json;
	struct command cmd;
	struct series lost, rate, busy;
};

/* Again where the machine left the generator too little time. */
static void run_once(struct side *s, const struct setup *setup, int length)
{
	struct flood f;

	for (int try = 1; try <= TRIES; try++) {
		f = flood(setup, &s->cmd, RATE, length);
		if (f.rate >= RATE * FLOOD_FAST_ENOUGH)
			break;
	}
	series_add(&s->lost, f.lost);
	series_add(&s->rate, f.rate / 1e6);
	series_add(&s->busy, f.busy);
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
				     d->json, FLOOD_KEY);
		else
			command_ecli(&d->cmd, s, burst_object(s), d->json,
				     FLOOD_KEY);
	}
	go_first();
	for (int round = 0; round < rounds; round++)
		for (size_t i = 0; i < 4; i++)
			run_once(&sides[i], s, length);
	for (size_t i = 0; i < 4; i += 2) {
		const struct side *a = &sides[i], *b = a + 1;

		snprintf(name, sizeof(name), "%s: lost of a million",
			 a->json ? "JSON" : "text");
		report_losses(name, &a->lost, "formatter by hand", &b->lost,
			      series_spread(&a->rate).median >= FLOOD_FAST_ENOUGH &&
				      series_spread(&b->rate).median >=
					      FLOOD_FAST_ENOUGH);
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

/*
 * Events as fast as one processor makes them: a guest that only counts, and the
 * same program for this machine.
 */
int figure_saturation(const struct setup *s, int argc, char **argv)
{
	static struct side guest, hand;
	const double much = 10e6; /* a second: it never waits */
	int rounds = s->quick ? QUICK_SHORT_ROUNDS : SHORT_ROUNDS;
	const struct target none = { 0 };

	(void)argc;
	(void)argv;
	pin(s->generator);
	go_first();
	command_guest(&guest.cmd, s, "burst", FLOOD_KEY);
	command_hand(&hand.cmd, s, "count", burst_object(s), false, FLOOD_KEY);
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < 2; i++) {
			struct side *d = i ? &hand : &guest;
			struct flood f = flood(s, &d->cmd, much, 0.1);

			series_add(&d->lost, f.lost);
			series_add(&d->rate, f.rate / 1e6);
			series_add(&d->busy, f.busy);
		}
	}
	report_losses("Wasm: lost at saturation", &guest.lost, "libbpf",
		      &hand.lost, true);
	report("Wasm: events made at saturation", "millions/s", &guest.rate,
	       "libbpf", &hand.rate, none);
	report("Wasm: processor in use at saturation", "%", &guest.busy,
	       "libbpf", &hand.busy, none);
	return 0;
}
