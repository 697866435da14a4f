/* SPDX-License-Identifier: MIT */
#include "series.h"

#include <stdio.h>
#include <stdlib.h>

void series_add(struct series *s, double v)
{
	if (s->n < MAX_ROUNDS)
		s->v[s->n++] = v;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct spread series_spread(const struct series *s)
{
	struct series t = *s;
	struct spread r = { 0 };
	size_t n = t.n;

	if (!n)
		return r;
	qsort(t.v, n, sizeof(t.v[0]), compare);
	r.min = t.v[0];
	r.median = n % 2 ? t.v[n / 2] : (t.v[n / 2 - 1] + t.v[n / 2]) / 2;
	r.max = t.v[n - 1];
	return r;
}

struct spread series_ratio(const struct series *a, const struct series *b)
{
	struct series r = { 0 };

	for (size_t i = 0; i < a->n && i < b->n; i++)
		series_add(&r, b->v[i] > 0 ? a->v[i] / b->v[i] : 0);
	return series_spread(&r);
}

/* Of a's rounds less b's. */
static struct spread series_more(const struct series *a, const struct series *b)
{
	struct series r = { 0 };

	for (size_t i = 0; i < a->n && i < b->n; i++)
		series_add(&r, a->v[i] - b->v[i]);
	return series_spread(&r);
}

static void print_spread(struct spread s)
{
	int digits = s.median >= 100 ? 0 : s.median >= 10 ? 1 : 2;

	printf(" %.*f (%.*f to %.*f) |", digits, s.median, digits, s.min,
	       digits, s.max);
}

static const char *verdict(double most, double is)
{
	if (!most)
		return "";
	return is <= most ? "pass" : "**miss**";
}

void report_begin(void)
{
	puts("| figure | ecli | compared with | its figure | ratio | target | |");
	puts("|---|---|---|---|---|---|---|");
}

void report(const char *what, const char *unit, const struct series *a,
	    const char *other, const struct series *b, struct target t)
{
	struct spread ours = series_spread(a), ratio = series_ratio(a, b);
	const char *first = verdict(t.most, ours.median);
	const char *second = verdict(t.ratio, ratio.median);
	const char *third = verdict(t.more, series_more(a, b).median);

	printf("| %s, %s |", what, unit);
	print_spread(ours);
	printf(" %s |", other);
	print_spread(series_spread(b));
	printf(" %.2f (%.2f to %.2f) |", ratio.median, ratio.min, ratio.max);
	if (t.most)
		printf(" ≤ %g %s", t.most, unit);
	if (t.ratio)
		printf("%s ≤ %g ×", t.most ? "," : "", t.ratio);
	if (t.more)
		printf("%s ≤ %g %s more", t.most || t.ratio ? "," : "", t.more,
		       unit);
	printf(" | %s%s%s%s%s |\n", first, *first && *second ? ", " : "",
	       second, *third && (*first || *second) ? ", " : "", third);
	fflush(stdout);
}

void report_noise(const char *what, const char *unit, const struct series *a,
		  const struct series *b)
{
	struct spread ratio = series_ratio(a, b);

	printf("| noise of \"%s\": the other side twice, %s | | |", what, unit);
	print_spread(series_spread(b));
	printf(" %.2f (%.2f to %.2f) | | |\n", ratio.median, ratio.min,
	       ratio.max);
	fflush(stdout);
}

void report_calm(const char *what, int rounds, int disturbed)
{
	printf("| %s: rounds disturbed by other load | %d of %d | | | | | |\n",
	       what, disturbed, rounds);
	fflush(stdout);
}

void report_losses(const char *what, const struct series *a, const char *other,
		   const struct series *b, bool fast)
{
	const char *said = "too busy here to say";

	/* A round in which the machine itself stood still says nothing. */
	if (fast)
		said = verdict(series_spread(b).median + 1e-9,
			       series_spread(a).median);
	printf("| %s, per million |", what);
	print_spread(series_spread(a));
	printf(" %s |", other);
	print_spread(series_spread(b));
	printf(" | 0 if the other side has 0 | %s |\n", said);
	fflush(stdout);
}
