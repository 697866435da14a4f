/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "source.h"

enum {
	OPT_OUTPUT,
	OPT_ARCH,
	OPT_ALL,
	OPT_QUIET,
	OPT_HELP,
	MAX_FILE = 256 << 20
};

enum {
	BEGIN = 512,	/* bytes that tell what a file is */
	MAX_NAME = 200, /* characters; it is longer while it is written */
};

static const struct eu_option options[] = {
	{ 'o', "output", "FILE",
	  "write it here (its own name, else app.wasm); '-': standard output",
	  OPT_OUTPUT },
	{ 0, "arch", "ARCH",
	  "of several architectures this one: x86, arm64, arm, riscv, s390, or as images name them",
	  OPT_ARCH },
	{ 0, "all", NULL, "get those of all architectures into the store",
	  OPT_ALL },
	{ 'q', "quiet", NULL, "print nothing but errors", OPT_QUIET },
	SOURCE_ROWS,
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
	const char *p;

	for (p = title; *p; p++) {
		if (*p <= ' ' || *p > '~' || *p == '/')
			return false;
	}
	return *title && *title != '.' && *title != '-' && p - title <= MAX_NAME;
}

/* What it replaces without being told so must be something like it. */
static int check_name(const char *path, struct eu_error *err)
{
	/* A pipe there is not waited for. */
	eu_auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char begin[BEGIN];
	ssize_t n;

	if (access(path, F_OK))
		return 0;
	n = read(fd, begin, sizeof(begin));
	if (n > 0 && eu_artifact_of(begin, n))
		return 0;
	return eu_error_set(
		err, -EEXIST,
		"'%s' is there and is no package: say where to with -o", path);
}

/* What an address or a path ends with; NULL for what is no name of a file. */
static char *name_of(const char *from)
{
	const char *end = from + strlen(from), *name;
	char *copy;

	if (!strncmp(from, "data:", 5))
		return NULL;
	if (strstr(from, "://"))
		end = from + strcspn(from, "?#");
	for (name = end; name > from && name[-1] != '/'; name--)
		;
	copy = strndup(name, end - name);
	if (copy && !is_safe(copy)) {
		free(copy);
		copy = NULL;
	}
	return copy;
}

/* Only what 'run' takes, too. */
static int check_bytes(const struct program_file *f, struct eu_error *err)
{
	eu_auto_package struct eu_package *p = NULL;

	if (eu_artifact_of(f->data, f->len))
		return 0;
	return eu_package_parse(f->data, f->len, f->path, NULL, &p, err);
}

/* A program that is no image, from wherever 'run' takes it. */
static int copy(struct source *s, const char *from, const char *to,
		struct eu_error *err)
{
	eu_auto_free char *name = name_of(from);
	char digest[EU_DIGEST];
	struct program_file f;
	int r;

	if (s->which.arch || s->which.all)
		return eu_error_set(
			err, -EINVAL,
			"'%s' is no image: --arch and --all are for those", from);
	if (!to && !name)
		return eu_error_set(
			err, -EINVAL,
			"'%s' does not name a file: say where to with -o", from);
	program_file_read(&f, from, s);
	if (f.failed) {
		*err = f.err;
		return f.failed;
	}
	r = check_bytes(&f, err);
	if (!r)
		r = eu_digest_of(f.data, f.len, digest, err);
	if (!r && !to)
		r = check_name(name, err);
	if (!r)
		r = write_output(to ?: name, f.data, f.len, err);
	if (!r && !s->quiet && !is_stdout(to))
		printf("%s %s\n", to ?: name, digest);
	program_file_done(&f);
	return r;
}

static int put_out(int from, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	size_t len;
	int r;

	/* It has been read to see that it is whole. */
	if (lseek(from, 0, SEEK_SET))
		return eu_error_set(err, -errno, "cannot read the store: %s",
				    strerror(errno));
	r = eu_file_read_fd(from, "the store", MAX_FILE, &data, &len, err);
	return r ?: write_output("-", data, len, err);
}

static int write_file(const char *to, const char *title, int from,
		      const struct source *s, struct eu_error *err)
{
	int r = 0;

	if (!to) {
		to = title && is_safe(title) ? title : "app.wasm";
		r = check_name(to, err);
	}
	if (!r)
		r = is_stdout(to) ? put_out(from, err) :
				    eu_file_write_from(to, from, err);
	if (!r && !s->quiet && !is_stdout(to))
		printf("%s %s\n", to, s->manifest.digest);
	return r;
}

static int pull(struct source *s, const char *from, const char *to,
		struct eu_error *err)
{
	struct source_bytes b = { .max = MAX_FILE, .as_file = true, .fd = -1 };
	struct eu_ref ref;
	int r;

	if (source_is_bytes(from))
		return copy(s, from, to, err);
	r = source_ref(from, &ref, err);
	if (r)
		return r;
	r = source_image(s, &ref, &b, err);
	if (!r)
		r = write_file(to, b.title, b.fd, s, err);
	free(b.title);
	eu_close(b.fd);
	return r ? eu_error_prefix(err, r, "'%s'", from) : 0;
}

static int take(struct source *s, const char **to, int id, const char *value,
		struct eu_error *err)
{
	switch (id) {
	case OPT_OUTPUT: *to = value; return 0;
	case OPT_ALL: s->which.all = true; return 0;
	case OPT_QUIET: s->quiet = true; return 0;
	case OPT_ARCH:
		s->which.arch = eu_platform(value);
		return s->which.arch ?
			       0 :
			       eu_error_set(err, -EINVAL,
					    "'%s' is no architecture known here",
					    value);
	}
	return source_option(s, id, value, err);
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	const char *from = NULL, *to = NULL;
	struct eu_error err = { 0 };
	struct source s = { .pull = PULL_ALWAYS };
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
		if (take(&s, &to, options[i].id, a.value, &err))
			return fail_usage(cmd, &err);
	}
	if (!from) {
		eu_error_set(&err, -EINVAL,
			     "nothing given: HOST/PATH:TAG, or an address");
		return fail_usage(cmd, &err);
	}
	if (remote_complete(&s.remote, &err))
		status = fail_usage(cmd, &err);
	else
		status = pull(&s, from, to, &err) ? fail(&err) : EXIT_DONE;
	source_done(&s);
	return status;
}

const struct eu_command command_pull = {
	.name = "pull",
	.usage = "[OPTIONS] REFERENCE|ADDRESS|FILE|-",
	.summary = "get a package or a Wasm module from a registry or the web",
	.description =
		"Gets what REFERENCE, [HOST[:PORT]/]PATH[:TAG][@DIGEST], stands for in an OCI registry into the store, and what can be run of it into a file. Prints the file and the digest of the manifest. Of the other places that 'ecli run' takes programs from (http://, https://, file://, data:, a file, standard input) it writes the bytes, under the name that they have there, and prints their digest.",
	.examples = "ecli pull localhost:5000/tools/x:1 -o package.json\n"
		    "ecli pull https://www.example/open/package.json\n",
	.options = options,
	.run = command,
};
