/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>

#include "calm.h"
#include "measure.h"
#include "ring.h"
#include "series.h"

/*
 * CPU for an event of one of eight rings, against one ring that is as large as
 * those together: the same events, in bursts that fit. Rows of several sources
 * name theirs; the one ring's rows do not.
 */

enum {
	BURST = 8192, /* events; 1.4 of 2 MiB */
	BURSTS = 4,
	GROUPS = 6,
	ROUNDS = 10,
	QUICK_GROUPS = 2,
	QUICK_ROUNDS = 4,
	PATIENCE = 5, /* seconds for one burst */
};

struct side {
	int rings;
	const char *object;
	bool json;
	struct command cmd;
	struct child child;
	struct ring ring;
	double round;
	struct series ns;
};

static void drain(const struct side *s)
{
	const struct timespec step = { .tv_nsec = 200000 };
	double end = now() + PATIENCE;

	while (!ring_drained(&s->ring)) {
		nanosleep(&step, NULL);
		if (now() > end)
			fail("%s does not read its rings", s->cmd.argv[0]);
	}
}

/* Nanoseconds an event. */
static double measure(const struct side *s, int key, int bursts)
{
	double before;

	child_settle(&s->child);
	before = child_cpu(&s->child);
	for (int i = 0; i < bursts; i++) {
		burst(key, BURST, true);
		drain(s);
	}
	child_settle(&s->child);
	return (child_cpu(&s->child) - before) * 1e9 / bursts / BURST;
}

static void run_group(const struct setup *setup, struct side *sides, size_t n,
		      int rounds, struct calm *calm)
{
	const struct child_opts o = { .out = -1,
				      .cpu = setup->consumer,
				      .urgent = true };

	for (size_t i = 0; i < n; i++) {
		child_start(&sides[i].child, sides[i].cmd.argv, &o);
		ring_open_many(&sides[i].ring, &sides[i].child, sides[i].rings);
		measure(&sides[i], i + 1, 2);
	}
	for (int round = 0; round < rounds; round++) {
		do {
			calm_begin(calm);
			for (size_t i = 0; i < n; i++)
				sides[i].round = measure(&sides[i], i + 1,
							 BURSTS);
		} while (!calm_keep(calm));
		for (size_t i = 0; i < n; i++)
			series_add(&sides[i].ns, sides[i].round);
	}
	for (size_t i = 0; i < n; i++) {
		struct burst_counts c = ring_counts(&sides[i].ring);

		if (c.failed || ring_taken(&sides[i].ring) % c.made)
			fail("%llu events were lost", c.failed);
		ring_close(&sides[i].ring);
		child_stop(&sides[i].child);
	}
}

int figure_sources(const struct setup *s, int argc, char **argv)
{
	static struct side sides[] = {
		{ .rings = 8, .object = "burst8" },
		{ .rings = 1, .object = "burst1" },
		{ .rings = 8, .object = "burst8", .json = true },
		{ .rings = 1, .object = "burst1", .json = true },
	};
	const size_t n = sizeof(sides) / sizeof(sides[0]);
	const struct target t = { 0, 1.05 };
	int groups = s->quick ? QUICK_GROUPS : GROUPS;
	int rounds = s->quick ? QUICK_ROUNDS : ROUNDS;
	struct calm calm = { .again = groups * rounds };
	char path[512];

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s.bpf.o", s->dir,
			 sides[i].object);
		command_ecli(&sides[i].cmd, s, path, sides[i].json, i + 1);
	}
	/*
	 * All on one processor: else the reader runs as soon as the first of
	 * eight rings wakes it, and how often it is woken is what is measured.
	 */
	pin(s->consumer);
	go_first();
	for (int i = 0; i < groups; i++)
		run_group(s, sides, n, rounds, &calm);
	report("CPU a text row of one of 8 sources", "ns", &sides[0].ns,
	       "of the only one", &sides[1].ns, t);
	report("CPU a JSON row of one of 8 sources", "ns", &sides[2].ns,
	       "of the only one", &sides[3].ns, t);
	report_calm("sources", calm.rounds, calm.disturbed);
	return 0;
}
