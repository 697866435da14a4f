/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eunomia/eunomia.h>

/*
 * reopen PACKAGE: opens and closes it 1,000 times, and 10 times also loads and
 * attaches it, then says whether memory and descriptors are what they were.
 */

enum { OPENS = 1000, RUNS = 10, WARM = 100, SLACK_KB = 256 };

static int count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d && readdir(d))
		n++;
	closedir(d);
	return n;
}

static long anonymous_kb(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kb = -1;

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "RssAnon: %ld", &kb);
	if (f)
		fclose(f);
	return kb;
}

static void once(const char *path, int run)
{
	const struct eu_program_opts opts = { .sz = sizeof(opts), .path = path };
	struct eu_program *p = NULL;
	struct eu_error err;

	if (eu_program_open(&opts, &p, &err) ||
	    (run && (eu_program_load(p, &err) || eu_program_attach(p, &err)))) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	eu_program_close(p);
}

static int report(int n, const char *what, long before, long after, long slack)
{
	printf("%sok %d %s: %ld before, %ld after\n",
	       after > before + slack ? "not " : "", n, what, before, after);
	return after > before + slack;
}

int main(int argc, char **argv)
{
	int bad = 0, fds;
	long kb;

	if (argc != 2)
		return 2;
	for (int i = 0; i < WARM; i++)
		once(argv[1], i == 0);
	fds = count_fds();
	kb = anonymous_kb();
	for (int i = 0; i < OPENS; i++)
		once(argv[1], 0);
	for (int i = 0; i < RUNS; i++)
		once(argv[1], 1);
	bad += report(1, "descriptors", fds, count_fds(), 0);
	bad += report(2, "memory in kB", kb, anonymous_kb(), SLACK_KB);
	puts("1..2");
	return bad != 0;
}
