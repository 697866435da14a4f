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
