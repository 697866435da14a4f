/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eunomia/eunomia.h>

/*
 * setlive PACKAGE [NAME=VALUE...]: runs the package; each line of standard
 * input is NAME=VALUE, which is set in the running program, or a number: so
 * many records are waited for and printed as JSON. Answers "ok LINE" or the
 * error.
 */

static int on_output(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	return fwrite(data, 1, len, stdout) == len ? 0 : -1;
}

static int set(struct eu_program *p, char *text, struct eu_error *err)
{
	char *eq = strchr(text, '=');

	*eq = '\0';
	return eu_program_set(p, text, eq + 1, err);
}

static int wait_for(struct eu_program *p, int n, struct eu_error *err)
{
	int r = 0;

	/* Busily: a test, and soon over. */
	while (n > 0 && r >= 0) {
		r = eu_program_dispatch(p, err);
		n -= r;
	}
	return r < 0 ? r : 0;
}

int main(int argc, char **argv)
{
	const struct eu_program_opts opts = {
		.sz = sizeof(opts),
		.path = argv[1],
		.format = "json",
		.write = on_output,
	};
	struct eu_program *p = NULL;
	struct eu_error err;
	char line[256], asked[256];
	int r;

	r = eu_program_open(&opts, &p, &err);
	for (int i = 2; i < argc && !r; i++)
		r = set(p, argv[i], &err);
	if (!r)
		r = eu_program_load(p, &err);
	if (!r)
		r = eu_program_attach(p, &err);
	puts(r ? err.text : "ready");
	fflush(stdout);
	while (!r && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		memcpy(asked, line, sizeof(asked));
		r = strchr(line, '=') ?
			    set(p, line, &err) :
			    wait_for(p, (int)strtol(line, NULL, 10), &err);
		if (r)
			puts(err.text);
		else
			printf("ok %s\n", asked);
		fflush(stdout);
		r = 0;
	}
	eu_program_close(p);
	return r != 0;
}
