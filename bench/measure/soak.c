/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "flood.h"
#include "ring.h"

/*
 * soak SECONDS ecli|guest: "ecli run -j", or a guest in Wasm that counts, with
 * events from a generator that never waits. Does its memory stay what it was a
 * tenth of the time in?
 */

enum { EVENTS = 2000, MOST_MORE = 256 /* KiB */ };

static void make(double until)
{
	while (now() < until)
		burst(FLOOD_KEY, EVENTS, false);
}

static void show(const char *when, const struct child *c, const struct ring *r)
{
	struct burst_counts n = ring_counts(r);

	printf("soak: %s: %ld KiB not from files, %ld KiB from files; %llu records, %llu lost\n",
	       when, c->anon, c->file, n.made, n.failed);
	fflush(stdout);
}

int figure_soak(const struct setup *s, int argc, char **argv)
{
	struct child_opts o = { .out = -1, .cpu = -1 };
	double start, seconds;
	struct command cmd;
	struct child c;
	struct ring r;
	long first;

	if (argc != 2)
		fail("soak SECONDS ecli|guest");
	seconds = strtod(argv[0], NULL);
	if (!strcmp(argv[1], "guest"))
		command_guest(&cmd, s, "burst", FLOOD_KEY);
	else
		command_ecli(&cmd, s, burst_object(s), true, FLOOD_KEY);
	o.prints = cmd.prints;
	child_start(&c, cmd.argv, &o);
	ring_open(&r, &c);
	start = now();
	make(start + seconds / 10);
	child_memory(&c);
	first = c.anon;
	show("after a tenth of the time", &c, &r);
	make(start + seconds);
	child_memory(&c);
	show("at the end", &c, &r);
	ring_close(&r);
	child_stop(&c);
	return c.anon > first + MOST_MORE;
}
