/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "measure.h"
#include "series.h"

/*
 * pair NAME OTHER MOST RATIO ROUNDS BEFORE A... -- B...: wall and CPU time of
 * two commands, processes that they wait for included. The shell command
 * BEFORE, if not empty, comes before each run of A and is not counted.
 */

struct side {
	char **argv;
	struct series wall, cpu;
};

static double time_of(struct timeval tv)
{
	return tv.tv_sec + tv.tv_usec / 1e6;
}

static void run_once(struct side *s, const char *before, bool counts)
{
	const struct child_opts o = { .out = -1, .cpu = -1 };
	double wall;
	struct child c;

	if (before && *before && system(before))
		fail("'%s' failed", before);
	wall = child_run(&c, s->argv, &o);
	if (!counts)
		return;
	series_add(&s->wall, wall * 1e3);
	series_add(&s->cpu,
		   (time_of(c.usage.ru_utime) + time_of(c.usage.ru_stime)) * 1e3);
}

int figure_pair(const struct setup *s, int argc, char **argv)
{
	static struct side a, b;
	const struct target none = { 0 };
	struct target t;
	char name[128];
	int i, rounds;

	for (i = 6; i < argc && strcmp(argv[i], "--"); i++)
		;
	if (i < 7 || i + 1 >= argc)
		fail("pair NAME OTHER MOST RATIO ROUNDS BEFORE A... -- B...");
	argv[i] = NULL;
	a.argv = argv + 6;
	b.argv = argv + i + 1;
	t = (struct target){ strtod(argv[2], NULL), strtod(argv[3], NULL) };
	rounds = s->quick ? 3 : strtol(argv[4], NULL, 10);
	for (i = -1; i < rounds; i++) {
		run_once(&a, argv[5], i >= 0);
		run_once(&b, NULL, i >= 0);
	}
	snprintf(name, sizeof(name), "%s: wall", argv[0]);
	report(name, "ms", &a.wall, argv[1], &b.wall, t);
	snprintf(name, sizeof(name), "%s: CPU", argv[0]);
	report(name, "ms", &a.cpu, argv[1], &b.cpu, none);
	return 0;
}

/* The words of both sides; @first is where those of A begin. */
static void take_sides(int argc, char **argv, int first, const char *usage,
		       struct side *a, struct side *b)
{
	int i;

	for (i = first; i < argc && strcmp(argv[i], "--"); i++)
		;
	if (i <= first || i + 1 >= argc)
		fail("%s", usage);
	argv[i] = NULL;
	a->argv = argv + first;
	b->argv = argv + i + 1;
}

/* Until it says that it is ready; its end is not counted. */
static void run_ready(struct side *s, const char *before, bool counts)
{
	const struct child_opts o = { .out = -1, .cpu = -1 };
	struct child c;

	if (before && *before && system(before))
		fail("'%s' failed", before);
	child_start(&c, s->argv, &o);
	child_stop(&c);
	if (counts)
		series_add(&s->wall, c.to_ready * 1e3);
}

/*
 * ready NAME OTHER MORE ROUNDS BEFORE A... -- B...: how much longer A takes
 * than B until it is ready. BEFORE as above.
 */
int figure_ready(const struct setup *s, int argc, char **argv)
{
	static struct side a, b;
	struct target t = { 0 };
	int rounds;

	if (argc < 6)
		fail("ready NAME OTHER MORE ROUNDS BEFORE A... -- B...");
	take_sides(argc, argv, 5,
		   "ready NAME OTHER MORE ROUNDS BEFORE A... -- B...", &a, &b);
	t.more = strtod(argv[2], NULL);
	rounds = s->quick ? 3 : strtol(argv[3], NULL, 10);
	for (int i = -1; i < rounds; i++) {
		run_ready(&a, argv[4], i >= 0);
		run_ready(&b, NULL, i >= 0);
	}
	report(argv[0], "ms", &a.wall, argv[1], &b.wall, t);
	return 0;
}

/* peak NAME OTHER MOST ROUNDS A... -- B...: the memory of both, MiB. */
int figure_peak(const struct setup *s, int argc, char **argv)
{
	static const char usage[] = "peak NAME OTHER MOST ROUNDS A... -- B...";
	const struct child_opts o = { .out = -1, .cpu = -1 };
	static struct side a, b;
	struct target t = { 0 };
	struct child c;
	int rounds;

	if (argc < 5)
		fail("%s", usage);
	take_sides(argc, argv, 4, usage, &a, &b);
	t.most = strtod(argv[2], NULL);
	rounds = s->quick ? 1 : strtol(argv[3], NULL, 10);
	for (int i = 0; i < rounds; i++) {
		child_run(&c, a.argv, &o);
		series_add(&a.wall, c.usage.ru_maxrss / 1024.0);
		child_run(&c, b.argv, &o);
		series_add(&b.wall, c.usage.ru_maxrss / 1024.0);
	}
	report(argv[0], "MiB", &a.wall, argv[1], &b.wall, t);
	return 0;
}
