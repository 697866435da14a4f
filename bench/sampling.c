/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "measure/child.h"
#include "measure/series.h"
#include "rt/walk.h"

/*
 * sampling [-q]: rows of the table of results: going over a hash of a million
 * entries in batches, and key by key, by turns; nothing is written. Once with
 * entries that are kept, once with those that are taken away. With -q fewer
 * rounds; else, on standard error, what memory ten million entries take.
 */

enum {
	ENTRIES = 1000000,
	MANY = 10000000,
	ROUNDS = 5,
	QUICK_ROUNDS = 3,
	STEP = 10000, /* entries written with one call */
};

struct event {
	uint64_t count, sum;
};

static int make_map(struct eu_map *m, uint32_t n)
{
	int fd;

	*m = (struct eu_map){
		.name = (char *)"entries",
		.type = BPF_MAP_TYPE_HASH,
		.key_size = sizeof(uint64_t),
		.value_size = sizeof(struct event),
		.max_entries = n,
	};
	fd = bpf_map_create(m->type, m->name, m->key_size, m->value_size, n,
			    NULL);
	if (fd < 0)
		fail("cannot make a map of %u entries", n);
	return fd;
}

static void fill(int fd, uint32_t n)
{
	static uint64_t keys[STEP];
	static struct event values[STEP];

	for (uint32_t at = 0; at < n; at += STEP) {
		uint32_t count = STEP;

		for (uint32_t i = 0; i < STEP; i++)
			keys[i] = (at + i) * 0x9e3779b97f4a7c15ull;
		if (bpf_map_update_batch(fd, keys, values, &count, NULL))
			fail("cannot fill a map");
	}
}

/* Seconds of processor time for a round. */
static double go_over(struct eu_walk *w, uint32_t n)
{
	struct timespec a, b;
	uint32_t seen = 0;
	const void *key;
	char *value;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	if (eu_walk_begin(w))
		fail("cannot go over a map");
	while (eu_walk_next(w, &key, &value) > 0)
		seen++;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	if (seen != n)
		fail("%u of %u entries were seen", seen, n);
	return b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9;
}

static void compare(bool keep, int rounds)
{
	static struct series batch, keys;
	const struct target t = { 0, 0.2 };
	struct eu_walk *a, *b;
	struct eu_map m;
	int fd = make_map(&m, ENTRIES);

	batch.n = keys.n = 0;
	if (eu_walk_new(&m, fd, keep, &a, NULL) ||
	    eu_walk_new(&m, fd, keep, &b, NULL))
		fail("no memory");
	b->ops = &eu_walk_keys;
	fill(fd, ENTRIES);
	for (int i = -1; i < rounds; i++) {
		double x = go_over(a, ENTRIES), y;

		if (!keep)
			fill(fd, ENTRIES);
		y = go_over(b, ENTRIES);
		if (!keep)
			fill(fd, ENTRIES);
		if (i < 0)
			continue;
		series_add(&batch, x * 1e9 / ENTRIES);
		series_add(&keys, y * 1e9 / ENTRIES);
	}
	report(keep ? "an entry of a sampled map of a million, kept" :
		      "an entry of a sampled map of a million, taken",
	       "ns", &batch, "key by key", &keys, t);
	eu_walk_free(a);
	eu_walk_free(b);
	close(fd);
}

static long peak_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void show_memory(void)
{
	struct eu_map m;
	int fd = make_map(&m, MANY);
	struct eu_walk *w;
	long before;

	if (eu_walk_new(&m, fd, false, &w, NULL))
		fail("no memory");
	fill(fd, MANY);
	before = peak_kb();
	go_over(w, MANY);
	fprintf(stderr, "sampling ten million entries took %ld KiB more\n",
		peak_kb() - before);
	eu_walk_free(w);
	close(fd);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 && !strcmp(argv[1], "-q") ? QUICK_ROUNDS : ROUNDS;

	compare(true, rounds);
	compare(false, rounds);
	if (rounds == ROUNDS)
		show_memory();
	return 0;
}
