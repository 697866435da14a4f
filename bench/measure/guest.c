/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "calm.h"
#include "child.h"
#include "measure.h"
#include "series.h"

/*
 * guest [CRUN BUNDLE]: from execve(2) to the first line of a guest in Wasm, of
 * the same program for this machine and, if given, of that in a container. The
 * guest's code is kept below $XDG_CACHE_HOME, or compiled each time.
 */

enum { WARM_UP = 2, ROUNDS = 60, QUICK_ROUNDS = 10 };
/* Of 100,000 lookups. */
enum { LOOKUP_ROUNDS = 100, QUICK_LOOKUP_ROUNDS = 30 };

struct side {
	struct command cmd;
	bool cold;
	struct child last;
	struct series wall, cpu, peak, now, anon, file;
};

static void forget_code(void)
{
	if (system("rm -rf \"$XDG_CACHE_HOME/eunomia/wasm\""))
		fail("cannot empty the cache");
}

static void run_once(struct side *s, int cpu)
{
	/* Functions are compiled by all processors. */
	const struct child_opts o = { .out = -1,
				      .cpu = s->cold ? -1 : cpu,
				      .urgent = true,
				      .prints = s->cmd.prints };

	if (s->cold)
		forget_code();
	child_start(&s->last, s->cmd.argv, &o);
	child_stop(&s->last);
}

static void keep(struct side *s)
{
	const struct child c = s->last;

	series_add(&s->wall, c.to_ready * 1e3);
	series_add(&s->cpu, c.cpu_to_ready * 1e3);
	series_add(&s->peak, c.peak / 1024.0);
	series_add(&s->now, (c.anon + c.file) / 1024.0);
	series_add(&s->anon, c.anon / 1024.0);
	series_add(&s->file, c.file / 1024.0);
}

/* By turns, all of them in each round. */
static void run_all(const struct setup *s, struct side *sides, size_t n,
		    struct calm *calm)
{
	const int rounds = s->quick ? QUICK_ROUNDS : ROUNDS;

	*calm = (struct calm){ .again = rounds };
	for (int i = -WARM_UP; i < rounds;) {
		calm_begin(calm);
		for (size_t k = 0; k < n; k++)
			run_once(&sides[k], s->consumer);
		if (i >= 0 && !calm_keep(calm))
			continue;
		for (size_t k = 0; k < n && i >= 0; k++)
			keep(&sides[k]);
		i++;
	}
}

/* A guest whose code is kept, and the program that it is compared with. */
static void report_warm(const char *what, const struct side *a,
			const struct side *b, const struct side *again)
{
	const struct target start = { .more = 3 }, memory = { .more = 8 };
	const struct target none = { 0 };
	char name[128];

#define ROW(text, unit, series, target)                                       \
	do {                                                                  \
		snprintf(name, sizeof(name), "Wasm: %s: %s", what, text);     \
		report(name, unit, &a->series, "libbpf", &b->series, target); \
	} while (0)
	ROW("start to attached, code kept", "ms", wall, start);
	report_noise(name, "ms", &b->wall, &again->wall);
	ROW("CPU until then", "ms", cpu, none);
	ROW("peak memory", "MiB", peak, memory);
	ROW("memory when attached", "MiB", now, memory);
	ROW("of it not from files", "MiB", anon, none);
	ROW("of it from files", "MiB", file, none);
#undef ROW
}

static void report_cold(const struct side *cold, const struct side *b)
{
	const struct target most = { .most = 40 }, none = { 0 };

	report("Wasm: bootstrap: start to attached, compiled first", "ms",
	       &cold->wall, "libbpf", &b->wall, most);
	report("Wasm: bootstrap: peak memory, compiled first", "MiB",
	       &cold->peak, "libbpf", &b->peak, none);
}

static void report_container(const struct side *a, const struct side *box)
{
	const char *other = "libbpf, in a container (crun)";
	const struct target none = { 0 };

	report("Wasm: bootstrap: start to attached, code kept", "ms", &a->wall,
	       other, &box->wall, none);
	report("Wasm: bootstrap: memory when attached", "MiB", &a->now, other,
	       &box->now, none);
	report("Wasm: bootstrap: peak memory", "MiB", &a->peak, other,
	       &box->peak, none);
}

static void start_bootstrap(const struct setup *s, const char *crun,
			    const char *bundle)
{
	static struct side sides[5];
	char hand[512];
	struct calm calm;
	size_t n = 4;

	snprintf(hand, sizeof(hand), "%s/hand-bootstrap", s->dir);
	/* Cold first: what it compiles is there for the other. */
	command_guest(&sides[0].cmd, s, "bootstrap", 0);
	sides[0].cold = true;
	command_guest(&sides[1].cmd, s, "bootstrap", 0);
	command_words(&sides[2].cmd, hand, NULL);
	command_words(&sides[3].cmd, hand, NULL);
	if (crun)
		command_words(&sides[n++].cmd, crun, "run", "-b", bundle,
			      "eunomia-bench", NULL);
	for (size_t i = 2; i < n; i++)
		sides[i].cmd.prints = true;
	run_all(s, sides, n, &calm);
	report_warm("bootstrap", &sides[1], &sides[2], &sides[3]);
	report_cold(&sides[0], &sides[2]);
	if (crun)
		report_container(&sides[1], &sides[4]);
	report_calm("Wasm: bootstrap", calm.rounds, calm.disturbed);
}

/* No types of the kernel's are looked up: what is left is the engine's. */
static void start_count(const struct setup *s)
{
	static struct side sides[3];
	struct calm calm;

	command_guest(&sides[0].cmd, s, "burst", 1);
	command_hand(&sides[1].cmd, s, "count", burst_object(s), false, 1);
	command_hand(&sides[2].cmd, s, "count", burst_object(s), false, 1);
	run_all(s, sides, 3, &calm);
	report_warm("without CO-RE", &sides[0], &sides[1], &sides[2]);
	report_calm("Wasm: without CO-RE", calm.rounds, calm.disturbed);
}

int figure_guest(const struct setup *s, int argc, char **argv)
{
	if (!getenv("XDG_CACHE_HOME"))
		fail("no XDG_CACHE_HOME");
	start_bootstrap(s, argc == 2 ? argv[0] : NULL, argv[1]);
	start_count(s);
	return 0;
}

/* The number that the command prints. */
static double number_of(const struct setup *s, const struct command *cmd)
{
	struct child_opts o = { .cpu = s->consumer, .urgent = true };
	char text[64] = "";
	struct child c;
	int ends[2];

	if (pipe(ends))
		fail("no pipe");
	o.out = ends[1];
	child_run(&c, cmd->argv, &o);
	if (read(ends[0], text, sizeof(text) - 1) < 1)
		fail("'%s' prints nothing", cmd->argv[0]);
	close(ends[0]);
	close(ends[1]);
	return strtod(text, NULL);
}

int figure_lookup(const struct setup *s, int argc, char **argv)
{
	const int rounds = s->quick ? QUICK_LOOKUP_ROUNDS : LOOKUP_ROUNDS;
	struct calm calm = { .again = rounds };
	static struct series ns[3];
	struct command cmd[3];
	char hand[512];
	double got[3];

	(void)argc;
	(void)argv;
	snprintf(hand, sizeof(hand), "%s/hand-lookup", s->dir);
	command_guest(&cmd[0], s, "lookup", 0);
	command_words(&cmd[1], hand, NULL);
	command_words(&cmd[2], hand, NULL);
	for (int i = 0; i < rounds;) {
		calm_begin(&calm);
		for (size_t k = 0; k < 3; k++)
			got[k] = number_of(s, &cmd[k]);
		if (!calm_keep(&calm))
			continue;
		for (size_t k = 0; k < 3; k++)
			series_add(&ns[k], got[k]);
		i++;
	}
	report("Wasm: bpf_map_lookup_elem", "ns", &ns[0], "libbpf", &ns[1],
	       (struct target){ .ratio = 1.05 });
	report_noise("bpf_map_lookup_elem", "ns", &ns[1], &ns[2]);
	report_calm("Wasm: lookups", calm.rounds, calm.disturbed);
	return 0;
}
