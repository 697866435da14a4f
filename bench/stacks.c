/* SPDX-License-Identifier: MIT */
/*
 * What names for a stack of 32 addresses cost: of addresses that were seen
 * before, and of others in files that are known already. Prints the row of a
 * table. The process looks at itself.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sym/sym.h"

enum { FRAMES = 32, ROUNDS = 9, TIMES = 10000 };

/* Long enough to have addresses for all rounds. */
static const char *const from = (const char *)(uintptr_t)qsort;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void fill(uint64_t at[FRAMES], int round)
{
	for (int i = 0; i < FRAMES; i++)
		at[i] = (uint64_t)(uintptr_t)from + 8u * (uint64_t)i +
			512u * (uint64_t)round;
}

/* Nanoseconds of one stack, the least of all rounds. */
static double measure(struct eu_sym *s, bool cached)
{
	uint64_t at[FRAMES], began, least = UINT64_MAX;
	int times = cached ? TIMES : 1;
	size_t n;

	for (int round = 1; round <= ROUNDS; round++) {
		fill(at, cached ? 0 : round);
		began = now();
		for (int i = 0; i < times; i++)
			eu_sym_stack(s, getpid(), at, FRAMES, 1, &n);
		least = eu_min(least, now() - began);
	}
	return (double)least / times;
}

int main(void)
{
	struct eu_sym *s = eu_sym_new();
	struct eu_error err = { 0 };
	uint64_t at[FRAMES];
	double known, new;
	size_t n;

	if (!s || eu_sym_open(s, &err)) {
		fprintf(stderr, "stacks: %s\n", err.text);
		return 1;
	}
	fill(at, 0);
	eu_sym_stack(s, getpid(), at, FRAMES, 1, &n);
	new = measure(s, false);
	known = measure(s, true);
	printf("| stacks: names of %d addresses, seen before, ns | %.0f | not seen before | %.0f | %.4f | ≤ 0.05 | %s |\n",
	       FRAMES, known, new, known / new,
	       known <= new * 0.05 ? "pass" : "**miss**");
	eu_sym_free(s);
	return 0;
}
