/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include <eunomia/eunomia.h>

/*
 * describe PACKAGE: what the library says of it, and of its costs when it is
 * loaded, a line each.
 */

static int print(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	return printf("%.*s\n", (int)len, (const char *)data) < 0 ? -EIO : 0;
}

static int refuse(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	(void)data;
	(void)len;
	return -ENOSPC;
}

int main(int argc, char **argv)
{
	struct eu_program_opts opts = { .sz = sizeof(opts) };
	struct eu_program *p = NULL;
	struct eu_error err;
	int r;

	if (argc != 2)
		return 2;
	opts.path = argv[1];
	r = eu_program_open(&opts, &p, &err);
	if (!r)
		r = eu_program_describe(p, print, NULL, &err);
	if (!r && eu_program_describe(p, refuse, NULL, &err) == -ENOSPC)
		puts(err.text);
	if (!r && eu_program_costs(p, print, NULL, &err) == -EBUSY)
		puts(err.text);
	if (!r)
		r = eu_program_load(p, &err);
	if (!r)
		r = eu_program_costs(p, print, NULL, &err);
	if (r)
		fprintf(stderr, "%s\n", err.text);
	eu_program_close(p);
	return r != 0;
}
