/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "calm.h"
#include "child.h"
#include "measure.h"
#include "series.h"

/* From execve(2) to attached: time, CPU, memory. */

enum { WARM_UP = 3, ROUNDS = 60, QUICK_ROUNDS = 10 };

struct side {
	struct command cmd;
	struct child last;
	struct series wall, cpu, whole_cpu, peak, rss, anon, file;
};

static double time_of(struct timeval tv)
{
	return tv.tv_sec + tv.tv_usec / 1e6;
}

static void run_once(struct side *s, int cpu)
{
	const struct child_opts o = { .out = -1, .cpu = cpu, .urgent = true };
	struct child c;

	child_start(&c, s->cmd.argv, &o);
	child_stop(&c);
	s->last = c;
}

static void keep(struct side *s)
{
	const struct child c = s->last;

	series_add(&s->wall, c.to_ready * 1e3);
	series_add(&s->cpu, c.cpu_to_ready * 1e3);
	series_add(&s->whole_cpu,
		   (time_of(c.usage.ru_utime) + time_of(c.usage.ru_stime)) * 1e3);
	series_add(&s->peak, c.usage.ru_maxrss / 1024.0);
	series_add(&s->rss, c.peak / 1024.0);
	series_add(&s->anon, c.anon / 1024.0);
	series_add(&s->file, c.file / 1024.0);
}

/* By turns: ours, the hand-written one, and that one again. */
static void compare(const struct setup *s, const char *what, struct side *a,
		    struct side *b, struct side *again, struct target start,
		    struct target memory)
{
	const int rounds = s->quick ? QUICK_ROUNDS : ROUNDS;
	struct side *const sides[] = { a, b, again };
	struct calm calm = { .again = rounds };
	const struct target none = { 0 };
	const char *other = "hand-written";
	char name[128];

	for (int i = -WARM_UP; i < rounds;) {
		calm_begin(&calm);
		for (size_t k = 0; k < 3; k++)
			run_once(sides[k], s->consumer);
		if (i >= 0 && !calm_keep(&calm))
			continue;
		for (size_t k = 0; k < 3 && i >= 0; k++)
			keep(sides[k]);
		i++;
	}
#define ROW(text, unit, series, target)                                    \
	do {                                                               \
		snprintf(name, sizeof(name), "%s: %s", what, text);        \
		report(name, unit, &a->series, other, &b->series, target); \
	} while (0)
	ROW("start to attached", "ms", wall, start);
	report_noise(name, "ms", &b->wall, &again->wall);
	ROW("CPU until then", "ms", cpu, none);
	ROW("CPU of start and end", "ms", whole_cpu, none);
	ROW("peak memory", "MiB", peak, memory);
	ROW("of it not from files, when attached", "MiB", anon, none);
	ROW("of it from files, when attached", "MiB", file, none);
#undef ROW
	snprintf(name, sizeof(name), "%s: start", what);
	report_calm(name, calm.rounds, calm.disturbed);
}

static const char *whole_object(const struct setup *s)
{
	return s->object;
}

int figure_start(const struct setup *s, int argc, char **argv)
{
	static const struct {
		const char *what;
		const char *(*object)(const struct setup *s);
		bool packed; /* ours is the package, where there is one */
		struct target start, memory;
	} rows[] = {
		{ "bootstrap", whole_object, true, { 4, 0.3 }, { 4, 0 } },
		{ "without CO-RE", burst_object },
		{ "attached by BTF id", byid_object, .start = { 0, 1.05 } },
	};
	static struct side ours, hand, again;
	const char *object;

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		object = rows[i].object(s);
		if (!object)
			continue;
		ours = hand = again = (struct side){ 0 };
		command_ecli(&ours.cmd, s,
			     rows[i].packed && s->package ? s->package : object,
			     false, 0);
		command_hand(&hand.cmd, s, "printf", object, false, 0);
		command_hand(&again.cmd, s, "printf", object, false, 0);
		compare(s, rows[i].what, &ours, &hand, &again, rows[i].start,
			rows[i].memory);
	}
	return 0;
}
