/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eunomia/eunomia.h>

/*
 * fields PACKAGE NAME=VALUE MAP PATH...: runs it until a line of standard input
 * or two records have come, then prints of each record the members, as text and
 * as a number, and all of it as JSON.
 */

enum { MOST = 16 };

static struct eu_program *program;
static const struct eu_field *fields[MOST];
static int n_fields;

static int print(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	return fwrite(data, 1, len, stdout) == len ? 0 : -EIO;
}

static int on_record(void *ctx, const char *map, const void *key,
		     const void *data, size_t size)
{
	char text[8];
	int64_t n;
	int len, r;

	(void)ctx;
	for (int i = 0; i < n_fields; i++) {
		len = eu_field_text(fields[i], key, data, size, text, 8);
		r = eu_field_int(fields[i], key, data, size, &n);
		if (r)
			printf("%s (%d) %s; ", text, len, strerrorname_np(-r));
		else
			printf("%s (%d) %lld; ", text, len, (long long)n);
	}
	/* One that is cut. */
	if (eu_field_int(fields[0], NULL, data, 1, &n) == -ENODATA)
		printf("short; ");
	return eu_program_json(program, map, key, data, size, print, NULL, NULL);
}

static int start(char **argv, int argc, struct eu_error *err)
{
	const struct eu_program_opts opts = { .sz = sizeof(opts),
					      .path = argv[1],
					      .record = on_record,
					      .max_records = 2 };
	const struct eu_field *f = NULL;
	char *eq = strchr(argv[2], '=');
	int r;

	*eq = '\0';
	r = eu_program_open(&opts, &program, err);
	if (!r)
		r = eu_program_set(program, argv[2], eq + 1, err);
	if (!r)
		r = eu_program_load(program, err);
	if (!r && eu_program_field(program, argv[3], argv[4], &f, err) == -EBUSY)
		r = eu_program_attach(program, err);
	for (int i = 4; i < argc && !r && n_fields < MOST; i++)
		r = eu_program_field(program, argv[3], argv[i],
				     &fields[n_fields++], err);
	return r;
}

int main(int argc, char **argv)
{
	struct eu_error err = { 0 };
	char line[8];
	int r;

	if (argc < 5)
		return 2;
	r = start(argv, argc, &err);
	puts(r ? err.text : "ready");
	fflush(stdout);
	if (!r && eu_program_map_fd(program, "nosuch") != -ENOENT)
		puts("a map that is not there has a descriptor");
	if (!r && fgets(line, sizeof(line), stdin)) {
		printf("%d left\n", eu_program_finish(program, &err));
		if (eu_program_dispatch(program, &err) != -EALREADY ||
		    eu_program_finish(program, &err) != -EALREADY)
			puts("it goes on behind its end");
	}
	eu_program_close(program);
	return r != 0;
}
