/* SPDX-License-Identifier: MIT */
/*
 * detach COPIES OBJECT NAME [TARGET]: what it takes to close so many programs
 * at once, against libbpf taking off all their links one by one. Prints the row
 * of a table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <bpf/libbpf.h>
#include <eunomia/eunomia.h>

enum { ROUNDS = 7, COPIES = 64, LINKS = 1024 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1000000;
}

static void fail(const char *what)
{
	fprintf(stderr, "detach: %s\n", what);
	exit(1);
}

/* One round in milliseconds. */
static double ours(const char *path, int copies)
{
	const struct eu_program_opts opts = { .sz = sizeof(opts), .path = path };
	struct eu_program *list[COPIES];
	struct eu_error err;
	double began;

	for (int i = 0; i < copies; i++)
		if (eu_program_open(&opts, &list[i], &err) ||
		    eu_program_load(list[i], &err) ||
		    eu_program_attach(list[i], &err))
			fail(err.text);
	began = now();
	eu_programs_close(list, (size_t)copies);
	return now() - began;
}

static double theirs(const char *path, int copies)
{
	struct bpf_object *obj[COPIES];
	struct bpf_link *links[LINKS];
	struct bpf_program *prog;
	double began;
	int n = 0;

	for (int i = 0; i < copies; i++) {
		obj[i] = bpf_object__open_file(path, NULL);
		if (!obj[i] || bpf_object__load(obj[i]))
			fail("cannot load");
		bpf_object__for_each_program (prog, obj[i]) {
			links[n] = bpf_program__attach(prog);
			if (!links[n] || ++n == LINKS)
				fail("cannot attach");
		}
	}
	began = now();
	while (n)
		bpf_link__destroy(links[--n]);
	while (copies)
		bpf_object__close(obj[--copies]);
	return now() - began;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	double a[ROUNDS], b[ROUNDS], ratio, most;
	int copies = argc > 3 ? (int)strtol(argv[1], NULL, 10) : 0;

	if (copies < 1 || copies > COPIES)
		return 2;
	for (int i = 0; i < ROUNDS; i++) {
		a[i] = ours(argv[2], copies);
		b[i] = theirs(argv[2], copies);
	}
	qsort(a, ROUNDS, sizeof(*a), compare);
	qsort(b, ROUNDS, sizeof(*b), compare);
	ratio = a[ROUNDS / 2] / b[ROUNDS / 2];
	printf("| detach: %s, ms | %.0f | one by one | %.0f | %.2f |", argv[3],
	       a[ROUNDS / 2], b[ROUNDS / 2], ratio);
	most = argc > 4 ? strtod(argv[4], NULL) : 0;
	if (argc > 4)
		printf(" ≤ %s | %s |\n", argv[4],
		       ratio <= most ? "pass" : "**miss**");
	else
		printf(" | |\n");
	return 0;
}
