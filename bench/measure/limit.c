/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "child.h"
#include "flood.h"
#include "series.h"

/*
 * Losses at three quarters of the rate at which the formatter by hand begins
 * to lose, which is looked for first: upwards from a rate that it can do, then
 * by halving. It loses at a rate if it does so twice, before twice it does not:
 * a host that takes the processor away for a moment makes any reader lose.
 */

enum {
	HALVINGS = 5,
	QUICK_HALVINGS = 3,
	ROUNDS = 7,
	QUICK_ROUNDS = 3,
	TRIES = 6,
};

static const double FROM = 1e6, UP = 1.6, HEADROOM = 0.75;

struct limit {
	double rate;
	bool loses; /* else there is nothing that makes events faster */
};

/*
 * True if the process loses; *@made is how fast events were made at most.
 * Tries in which the machine left too little time to make them do not count.
 */
static bool loses(const struct setup *s, const struct command *c, double rate,
		  double *made)
{
	double seconds = s->quick ? 0.2 : 0.5;
	int lossy = 0, clean = 0;

	*made = 0;
	for (int i = 0; i < TRIES && lossy < 2 && clean < 2; i++) {
		struct flood f = flood(s, c, rate, seconds);

		*made = f.rate > *made ? f.rate : *made;
		if (f.rate < rate * FLOOD_FAST_ENOUGH)
			continue;
		lossy += f.lost > 0;
		clean += f.lost == 0;
	}
	return lossy == 2;
}

static struct limit find_limit(const struct setup *s, const struct command *c)
{
	int halvings = s->quick ? QUICK_HALVINGS : HALVINGS;
	double low = FROM, high = FROM, middle, made;

	while (!loses(s, c, high, &made)) {
		low = made < high ? made : high;
		if (made < high * FLOOD_FAST_ENOUGH)
			return (struct limit){ low, false };
		high *= UP;
	}
	/* It may lose at the first rate already. */
	if (low == high)
		low /= 2;
	for (int i = 0; i < halvings; i++) {
		middle = (low + high) / 2;
		if (loses(s, c, middle, &made))
			high = middle;
		else
			low = middle;
	}
	return (struct limit){ high, true };
}

static void compare(const struct setup *s, bool json)
{
	static struct series ours, other, made;
	struct command ecli, hand;
	struct limit limit;
	char name[128];

	ours.n = other.n = made.n = 0;
	command_ecli(&ecli, s, burst_object(s), json, FLOOD_KEY);
	command_hand(&hand, s, "fast", burst_object(s), json, FLOOD_KEY);
	limit = find_limit(s, &hand);
	for (int i = 0; i < (s->quick ? QUICK_ROUNDS : ROUNDS); i++) {
		double rate = limit.rate * HEADROOM;
		double seconds = s->quick ? 0.5 : 1;
		struct flood a = flood(s, &ecli, rate, seconds);
		struct flood b = flood(s, &hand, rate, seconds);

		series_add(&ours, a.lost);
		series_add(&other, b.lost);
		series_add(&made, a.rate / 1e6);
		series_add(&made, b.rate / 1e6);
	}
	snprintf(name, sizeof(name),
		 "%s: lost of a million at 75 %% of %.1f millions/s, %s",
		 json ? "JSON" : "text", limit.rate / 1e6,
		 limit.loses ? "where the other side begins to lose" :
			       "the most that is made here");
	report_losses(name, &ours, "formatter by hand", &other,
		      series_spread(&made).median * 1e6 >=
			      limit.rate * HEADROOM * FLOOD_FAST_ENOUGH);
}

int figure_limit(const struct setup *s, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	pin(s->generator);
	go_first();
	compare(s, false);
	compare(s, true);
	return 0;
}
