/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "child.h"
#include "measure.h"
#include "series.h"

/*
 * measure [-q] -e ECLI -d DIR [-o OBJECT] [-p PACKAGE] FIGURE [ARGUMENTS]:
 * prints rows of the table of results.
 */

static const struct {
	const char *name;
	int (*run)(const struct setup *s, int argc, char **argv);
} figures[] = {
	{ "start", figure_start },   { "rows", figure_rows },
	{ "losses", figure_losses }, { "sources", figure_sources },
	{ "limit", figure_limit },   { "pair", figure_pair },
	{ "guest", figure_guest },   { "callback", figure_callback },
	{ "lookup", figure_lookup }, { "saturation", figure_saturation },
	{ "soak", figure_soak },     { "ready", figure_ready },
	{ "peak", figure_peak },
};

static void add(struct command *c, int *n, const char *word)
{
	if (!*n)
		c->prints = false;
	if (*n == MAX_ARGS - 1)
		fail("too many arguments");
	snprintf(c->text[*n], sizeof(c->text[*n]), "%s", word);
	c->argv[*n] = c->text[*n];
	c->argv[++*n] = NULL;
}

void command_ecli(struct command *c, const struct setup *s, const char *object,
		  bool json, int key)
{
	char text[16];
	int n = 0;

	add(c, &n, s->ecli);
	add(c, &n, "run");
	if (json)
		add(c, &n, "-j");
	add(c, &n, "--ready-fd");
	add(c, &n, READY_FD);
	add(c, &n, object);
	if (!key)
		return;
	snprintf(text, sizeof(text), "%d", key);
	add(c, &n, "--key");
	add(c, &n, text);
}

void command_hand(struct command *c, const struct setup *s, const char *name,
		  const char *object, bool json, int key)
{
	char text[512];
	int n = 0;

	snprintf(text, sizeof(text), "%s/hand-%s", s->dir, name);
	add(c, &n, text);
	if (json)
		add(c, &n, "-j");
	add(c, &n, "-r");
	add(c, &n, READY_FD);
	if (key) {
		snprintf(text, sizeof(text), "-k%d", key);
		add(c, &n, text);
	}
	add(c, &n, object);
}

void command_words(struct command *c, ...)
{
	const char *word;
	va_list ap;
	int n = 0;

	va_start(ap, c);
	while ((word = va_arg(ap, const char *)))
		add(c, &n, word);
	va_end(ap);
}

void command_guest(struct command *c, const struct setup *s, const char *name,
		   int key)
{
	char path[512], text[16];

	/* The name that ecli has beside itself. */
	snprintf(path, sizeof(path), "%.*s/wasm-bpf",
		 (int)(strrchr(s->ecli, '/') - s->ecli), s->ecli);
	snprintf(text, sizeof(text), "%d", key);
	command_words(c, path, "", key ? text : NULL, NULL);
	snprintf(c->text[1], sizeof(c->text[1]), "%s/%s.wasm", s->dir, name);
	c->prints = true;
}

const char *burst_object(const struct setup *s)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/burst.bpf.o", s->dir);
	return path;
}

const char *byid_object(const struct setup *s)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/byid.bpf.o", s->dir);
	return path;
}

/* The first processor for the generator, the last one for the measured. */
static void choose_processors(struct setup *s)
{
	cpu_set_t set;

	s->generator = s->consumer = -1;
	if (sched_getaffinity(0, sizeof(set), &set))
		fail("cannot see which processors there are");
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &set))
			continue;
		if (s->generator < 0)
			s->generator = i;
		s->consumer = i;
	}
}

int main(int argc, char **argv)
{
	struct setup s = { .dir = "." };
	int c;

	while ((c = getopt(argc, argv, "+qhe:d:o:p:")) != -1) {
		switch (c) {
		case 'q': s.quick = true; break;
		case 'h': report_begin(); return 0;
		case 'e': s.ecli = optarg; break;
		case 'd': s.dir = optarg; break;
		case 'o': s.object = optarg; break;
		case 'p': s.package = optarg; break;
		default: return 2;
		}
	}
	if (optind == argc || !s.ecli)
		return 2;
	prctl(PR_SET_TIMERSLACK, 1);
	choose_processors(&s);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (strcmp(figures[i].name, argv[optind]))
			continue;
		if (s.generator == s.consumer && figures[i].run != figure_pair &&
		    figures[i].run != figure_start &&
		    figures[i].run != figure_ready &&
		    figures[i].run != figure_peak &&
		    figures[i].run != figure_guest &&
		    figures[i].run != figure_lookup)
			fail("'%s' needs two processors", figures[i].name);
		return figures[i].run(&s, argc - optind - 1, argv + optind + 1);
	}
	fail("no figure '%s'", argv[optind]);
}
