/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "remote.h"

enum { OPT_OUTPUT, OPT_HELP, MAX_FILE = 256 << 20 };

static const struct eu_option options[] = {
	{ 'o', "output", "FILE", "write it here (its own name, else app.wasm)",
	  OPT_OUTPUT },
	REMOTE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

/*
 * A name that stays in this folder and can be shown, whatever who pushed it
 * says.
 */
static bool is_safe(const char *title)
{
	for (const char *p = title; *p; p++) {
		if (*p <= ' ' || *p > '~' || *p == '/')
			return false;
	}
	return *title && *title != '.' && *title != '-';
}

/* What it replaces without being told so must be something like it. */
static int check_name(const char *path, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	size_t len;

	if (access(path, F_OK))
		return 0;
	if (!eu_file_read(path, MAX_FILE, &data, &len, NULL) &&
	    eu_artifact_of(data, len))
		return 0;
	return eu_error_set(
		err, -EEXIST,
		"'%s' is there and is no package: say where to with -o", path);
}

static int write_file(const char *to, const char *title, const char *data,
		      size_t len, const struct eu_descriptor *d,
		      struct eu_error *err)
{
	int r = 0;

	if (!to) {
		to = title && is_safe(title) ? title : "app.wasm";
		r = check_name(to, err);
	}
	if (!r)
		r = eu_file_write(to, data, len, err);
	if (!r)
		printf("%s %s\n", to, d->digest);
	return r;
}

static int pull(struct remote *m, const char *from, const char *to,
		struct eu_error *err)
{
	struct eu_registry *g = NULL;
	eu_auto_store struct eu_store store = { 0 };
	eu_auto_free char *title = NULL, *data = NULL;
	struct eu_descriptor d;
	struct eu_ref ref;
	size_t len;
	int r = remote_ref(from, &ref, err);

	if (r)
		return r;
	r = eu_store_open(NULL, &store, err);
	if (!r)
		r = eu_registry_open(&ref, &m->o, &g, err);
	if (!r)
		r = eu_artifact_pull(g, &store, &ref, &d, err);
	eu_registry_close(g);
	if (!r)
		r = eu_artifact_read(&store, &d, MAX_FILE, &data, &len, &title,
				     err);
	if (!r)
		r = write_file(to, title, data, len, &d, err);
	return r ? eu_error_prefix(err, r, "'%s'", from) : 0;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	const char *from = NULL, *to = NULL;
	struct eu_error err = { 0 };
	struct remote m = { 0 };
	int i, status;

	while ((i = eu_args_next(&a, options, &err)) != EU_ARGS_END) {
		if (i == EU_ARGS_WORD && !from) {
			from = a.value;
			continue;
		}
		if (i == EU_ARGS_WORD)
			eu_error_set(&err, -EINVAL, "unexpected argument '%s'",
				     a.value);
		if (i < 0)
			return fail_usage(cmd, &err);
		if (options[i].id == OPT_HELP)
			return show_help(cmd);
		if (options[i].id == OPT_OUTPUT)
			to = a.value;
		else
			remote_option(&m, options[i].id, a.value);
	}
	if (!from) {
		eu_error_set(&err, -EINVAL, "no reference given: HOST/PATH:TAG");
		return fail_usage(cmd, &err);
	}
	if (remote_complete(&m, &err))
		status = fail_usage(cmd, &err);
	else
		status = pull(&m, from, to, &err) ? fail(&err) : EXIT_DONE;
	remote_done(&m);
	return status;
}

const struct eu_command command_pull = {
	.name = "pull",
	.usage = "[OPTIONS] REFERENCE",
	.summary = "get a package or a Wasm module from a registry",
	.description =
		"Gets what REFERENCE, [HOST[:PORT]/]PATH[:TAG][@DIGEST], stands for in an OCI registry into the store, and what can be run of it into a file. Prints the file and the digest of the manifest.",
	.examples = "ecli pull localhost:5000/tools/x:1 -o package.json\n",
	.options = options,
	.run = command,
};
