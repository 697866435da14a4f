/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "calm.h"
#include "measure.h"
#include "ring.h"
#include "series.h"

/*
 * CPU for one row. All sides run at the same time, each with its own ring, and
 * wait; by turns each gets the same events, in bursts that fit the ring. What
 * the process's CPU clock then shows more than before is the cost.
 */

enum {
	BURST = 1024, /* events; 176 of 256 KiB */
	BURSTS = 24,  /* of a round */
	GROUPS = 6,   /* times that all sides are started anew */
	ROUNDS = 10,  /* of a group */
	QUICK_GROUPS = 2,
	QUICK_ROUNDS = 4,
	CHECKED = 4, /* bursts whose output is compared */
	MAX_SIDES = 8,
	MAX_OUTPUT = 8 << 20,
	PATIENCE = 5, /* seconds for one burst */
};

struct side {
	const char *name; /* NULL: ecli */
	bool json;
	struct command cmd;
	struct child child;
	struct ring ring;
	int pipe;     /* its output, or -1 */
	double round; /* of the round at hand */
	struct series ns;
};

static struct side sides[MAX_SIDES];
static size_t n_sides;

static struct side *find(const char *name, bool json)
{
	for (size_t i = 0; i < n_sides; i++)
		if (sides[i].json == json &&
		    (name == sides[i].name ||
		     (name && sides[i].name && !strcmp(name, sides[i].name))))
			return &sides[i];
	fail("no side '%s'", name ? name : "ecli");
}

static void add_side(const struct setup *s, const char *name, bool json)
{
	struct side *side = &sides[n_sides++];
	int key = n_sides;

	*side = (struct side){ .name = name, .json = json, .pipe = -1 };
	if (name)
		command_hand(&side->cmd, s, name, burst_object(s), json, key);
	else
		command_ecli(&side->cmd, s, burst_object(s), json, key);
}

static void add_sides(const struct setup *s)
{
	n_sides = 0;
	for (int json = 0; json < 2; json++) {
		add_side(s, NULL, json);
		add_side(s, "printf", json);
		add_side(s, "fast", json);
	}
	add_side(s, "count", false);
	add_side(s, "fast", true);
}

static int key_of(const struct side *s)
{
	return s - sides + 1;
}

/* Waits until all is read, and reads what a pipe brings meanwhile. */
static void drain(const struct side *s)
{
	static char scratch[256 << 10];
	struct pollfd p = { .fd = s->pipe, .events = POLLIN };
	const struct timespec step = { .tv_nsec = 200000 };
	double end = now() + PATIENCE;

	while (!ring_drained(&s->ring)) {
		if (s->pipe < 0)
			nanosleep(&step, NULL);
		else if (ppoll(&p, 1, &step, NULL) > 0 &&
			 read(s->pipe, scratch, sizeof(scratch)) < 0)
			fail("read: %s", strerror(errno));
		if (now() > end)
			fail("%s does not read its ring", s->cmd.argv[0]);
	}
	while (s->pipe >= 0 && ppoll(&p, 1, &step, NULL) > 0)
		if (read(s->pipe, scratch, sizeof(scratch)) <= 0)
			break;
}

static void check_loss(const struct side *s, unsigned long long made)
{
	struct burst_counts c = ring_counts(&s->ring);

	if (c.failed || c.made != made)
		fail("%s: %llu of %llu events made, %llu lost", s->cmd.argv[0],
		     c.made, made, c.failed);
}

/* Nanoseconds a row. */
static double measure(const struct side *s, int bursts)
{
	double before;

	child_settle(&s->child);
	before = child_cpu(&s->child);
	for (int i = 0; i < bursts; i++) {
		burst(key_of(s), BURST, true);
		drain(s);
	}
	child_settle(&s->child);
	return (child_cpu(&s->child) - before) * 1e9 / bursts / BURST;
}

static void start_side(struct side *s, const struct setup *setup, bool piped)
{
	struct child_opts o = { .out = -1,
				.cpu = setup->consumer,
				.urgent = true,
				.prints = s->cmd.prints };
	int ends[2];

	if (piped) {
		if (pipe2(ends, O_CLOEXEC))
			fail("pipe: %s", strerror(errno));
		s->pipe = ends[0];
		o.out = ends[1];
	}
	child_start(&s->child, s->cmd.argv, &o);
	if (piped)
		close(ends[1]);
	ring_open(&s->ring, &s->child);
}

static void stop_side(struct side *s)
{
	ring_close(&s->ring);
	child_stop(&s->child);
	if (s->pipe >= 0)
		close(s->pipe);
	s->pipe = -1;
}

static void run_round(struct calm *calm)
{
	do {
		calm_begin(calm);
		for (size_t i = 0; i < n_sides; i++)
			sides[i].round = measure(&sides[i], BURSTS);
	} while (!calm_keep(calm));
	for (size_t i = 0; i < n_sides; i++)
		series_add(&sides[i].ns, sides[i].round);
}

static void run_group(const struct setup *setup, bool piped, int rounds,
		      struct calm *calm)
{
	int before = calm->again;

	for (size_t i = 0; i < n_sides; i++) {
		start_side(&sides[i], setup, piped);
		measure(&sides[i], 4);
	}
	for (int round = 0; round < rounds; round++)
		run_round(calm);
	rounds += before - calm->again;
	for (size_t i = 0; i < n_sides; i++) {
		check_loss(&sides[i], (4 + rounds * BURSTS) * BURST);
		stop_side(&sides[i]);
	}
}

/* All rows as one text; the time of day, which differs, is blanked. */
static char *output_of(struct side *s, const struct setup *setup, size_t *ret)
{
	struct child_opts o = { .cpu = setup->consumer };
	char *text, *p;

	o.out = memfd_create("output", MFD_CLOEXEC);
	if (o.out < 0)
		fail("memfd_create: %s", strerror(errno));
	child_start(&s->child, s->cmd.argv, &o);
	ring_open(&s->ring, &s->child);
	for (int i = 0; i < CHECKED; i++) {
		burst(key_of(s), BURST, true);
		drain(s);
	}
	check_loss(s, CHECKED * BURST);
	child_settle(&s->child);
	stop_side(s);
	text = malloc(MAX_OUTPUT + 1);
	if (!text)
		fail("no memory");
	*ret = 0;
	for (ssize_t n;
	     (n = pread(o.out, text + *ret, MAX_OUTPUT - *ret, *ret)) > 0;)
		*ret += n;
	text[*ret] = '\0';
	close(o.out);
	for (p = text; p && !s->json && *p; p = strchr(p, '\n') ?: "", p += !!*p)
		if (p[2] == ':' && p[5] == ':')
			memset(p, '-', 8);
	return text;
}

static void check_equal(const struct setup *setup, bool json)
{
	static const char *const names[] = { "printf", "fast" };
	size_t len, n;
	char *ours, *other;

	ours = output_of(find(NULL, json), setup, &len);
	if (!len)
		fail("ecli printed nothing");
	for (size_t i = 0; i < 2; i++) {
		other = output_of(find(names[i], json), setup, &n);
		if (len != n || memcmp(ours, other, n))
			fail("ecli's and hand-%s's %s rows differ", names[i],
			     json ? "JSON" : "text");
		free(other);
	}
	fprintf(stderr, "%s rows of all sides are equal: %zu bytes\n",
		json ? "JSON" : "text", len);
	free(ours);
}

static void report_rows(bool json, bool piped)
{
	const struct target none = { 0 };
	const struct target plain = { 0, json ? 0.45 : 0.3 };
	const struct target fast = { 0, 1.3 };
	const struct series *ours = &find(NULL, json)->ns;
	char name[64];

	snprintf(name, sizeof(name), "CPU a %s row, %s", json ? "JSON" : "text",
		 piped ? "to a pipe" : "to /dev/null");
	report(name, "ns", ours, "printf, time cached",
	       &find("printf", json)->ns, piped ? none : plain);
	report(name, "ns", ours, "formatter by hand", &find("fast", json)->ns,
	       piped ? none : fast);
}

static void report_others(bool piped)
{
	const struct side *last = &sides[n_sides - 1];
	const struct target none = { 0 };

	report_noise(piped ? "a JSON row, to a pipe" : "a JSON row", "ns",
		     &find("fast", true)->ns, &last->ns);
	if (!piped)
		report("CPU a JSON row, to /dev/null", "ns",
		       &find(NULL, true)->ns, "only counting, by hand",
		       &find("count", false)->ns, none);
}

int figure_rows(const struct setup *s, int argc, char **argv)
{
	int groups = s->quick ? QUICK_GROUPS : GROUPS;
	int rounds = s->quick ? QUICK_ROUNDS : ROUNDS;

	struct calm calm = { .again = groups * rounds };

	(void)argc;
	(void)argv;
	add_sides(s);
	check_equal(s, false);
	check_equal(s, true);
	pin(s->generator);
	go_first();
	for (int piped = 0; piped < 2; piped++) {
		add_sides(s);
		for (int i = 0; i < groups; i++)
			run_group(s, piped, rounds, &calm);
		report_rows(false, piped);
		report_rows(true, piped);
		report_others(piped);
	}
	report_calm("rows", calm.rounds, calm.disturbed);
	return 0;
}

/* What is taken out of the ring is only counted, in a guest and beside it. */
int figure_callback(const struct setup *s, int argc, char **argv)
{
	int groups = s->quick ? QUICK_GROUPS : GROUPS;
	int rounds = s->quick ? QUICK_ROUNDS : ROUNDS;
	struct calm calm = { .again = groups * rounds };

	(void)argc;
	(void)argv;
	for (n_sides = 0; n_sides < 2;)
		add_side(s, "count", false);
	sides[n_sides] = (struct side){ .name = "guest", .pipe = -1 };
	command_guest(&sides[n_sides].cmd, s, "burst", n_sides + 1);
	n_sides++;
	pin(s->generator);
	go_first();
	for (int i = 0; i < groups; i++)
		run_group(s, false, rounds, &calm);
	report("Wasm: CPU a record and its callback", "ns", &sides[2].ns,
	       "libbpf", &sides[0].ns, (struct target){ .more = 120 });
	report_noise("a record and its callback", "ns", &sides[0].ns,
		     &sides[1].ns);
	report_calm("Wasm: callbacks", calm.rounds, calm.disturbed);
	return 0;
}
