/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cachedir.h"
#include "base/file.h"
#include "hub.h"
#include "lmp.h"

/* lmp run: what is no file may be the name of something in a hub. */

static const struct eu_option hub_options[] = { HUB_OPTION,
						HUB_TIMEOUT_OPTION,
						{ 0 } };

enum { N_HUB_OPTIONS = EU_COUNT(hub_options) - 1 };

/* What was handed to root before. */
enum { MAX_KEPT = 64, MAX_BYTES = 256 << 20 };

/* The options of hubs, and others behind them. */
static struct eu_option *join(const struct eu_option *others)
{
	struct eu_option *all;
	size_t n = 0;

	while (others[n].name)
		n++;
	all = calloc(N_HUB_OPTIONS + n + 1, sizeof(*all));
	if (!all)
		return NULL;
	memcpy(all, hub_options, N_HUB_OPTIONS * sizeof(*all));
	memcpy(all + N_HUB_OPTIONS, others, n * sizeof(*all));
	return all;
}

/* A command line without the options of hubs, which are in @hubs then. */
struct line {
	int argc;
	char **argv;
	int program; /* where it stands; 0: nowhere */
	bool ended;  /* by "--" in front of it */
	struct hubs hubs;
	char **more; /* @argv, if words were added; they are */
	char *kept, *option;
};

static void line_done(struct line *l)
{
	free(l->more);
	free(l->kept);
	free(l->option);
}

/*
 * Reads up to the program with the options of packages, or those of Wasm
 * modules. What is wrong with those others find out.
 */
static int read_line(struct line *l, const struct eu_option *others,
		     struct eu_error *err)
{
	eu_auto_free struct eu_option *all = join(others);
	struct eu_args a = { .argv = l->argv, .argc = l->argc, .next = 1 };
	struct eu_error unsaid;
	int i, r;

	if (!all)
		return eu_error_oom(err);
	for (;;) {
		const int from = a.next;

		i = eu_args_next(&a, all, &unsaid);
		if (i < 0)
			break;
		if (all[i].id < REMOTE_USER)
			continue;
		r = hubs_option(&l->hubs, all[i].id, a.value, err);
		if (r)
			return r;
		/* Those of registries are for others, too. */
		if (i >= N_HUB_OPTIONS)
			continue;
		memmove(l->argv + from, l->argv + a.next,
			(l->argc - a.next) * sizeof(*l->argv));
		l->argc -= a.next - from;
		a.argc = l->argc;
		a.next = from;
	}
	l->program = i == EU_ARGS_WORD ? a.next - 1 : 0;
	l->ended = a.ended;
	return 0;
}

/* What 'lmp pull' has written here; NULL if there is nothing. */
static char *pulled(const char *name)
{
	static const char *const ends[] = { "wasm", "json" };
	char *path;

	for (size_t i = 0; i < EU_COUNT(ends); i++) {
		if (asprintf(&path, "%s.%s", name, ends[i]) < 0)
			return NULL;
		if (!access(path, F_OK))
			return path;
		free(path);
	}
	return NULL;
}

/* Ours to be run by root, who knows neither our hubs nor our passwords. */
static int keep(const struct hub_name *n, const char *data, size_t len,
		char **ret, struct eu_error *err)
{
	eu_auto_free char *dir = eu_cachedir_open("hub"), *path = NULL;
	char file[EU_REF_PATH + EU_REF_TAG + 1];
	int r;

	if (!dir)
		return eu_error_set(
			err, -ENOENT,
			"no place where root would find it: set HOME or XDG_CACHE_HOME");
	snprintf(file, sizeof(file), "%s:%s", n->name, n->version);
	path = eu_path_join(dir, file);
	if (!path)
		return eu_error_oom(err);
	eu_cachedir_make_room(dir, MAX_KEPT, MAX_BYTES, len);
	r = eu_file_write(path, data, len, err);
	if (!r)
		*ret = eu_take_ptr(path);
	return r;
}

/*
 * What root runs: the file, and nothing else. A --digest of before may be that
 * of a manifest, and the last one counts.
 */
static int hand_over(struct line *l, const struct hub_name *n,
		     struct program_file *f, struct eu_error *err)
{
	const int at = l->program - l->ended;
	char digest[EU_DIGEST];
	int r = eu_digest_of(f->data, f->len, digest, err);

	if (!r)
		r = keep(n, f->data, f->len, &l->kept, err);
	if (r)
		return r;
	l->more = calloc(l->argc + 2, sizeof(*l->more));
	if (!l->more || asprintf(&l->option, "--digest=%s", digest) < 0) {
		l->option = NULL;
		return eu_error_oom(err);
	}
	l->argv[l->program] = l->kept;
	memcpy(l->more, l->argv, at * sizeof(*l->more));
	l->more[at] = l->option;
	memcpy(l->more + at + 1, l->argv + at, (l->argc - at) * sizeof(*l->more));
	l->argc++;
	l->argv = l->more;
	f->path = l->kept;
	return 0;
}

static int get(struct line *l, const struct hub_name *n, struct program_file *f,
	       struct eu_error *err)
{
	eu_auto_free char *wanted = NULL;
	const char *word = l->argv[l->program];
	int r;

	if (asprintf(&wanted, "there is no file '%s'", word) < 0)
		wanted = NULL;
	r = hubs_complete(&l->hubs, wanted ?: "", err);
	if (!r)
		r = hubs_get(&l->hubs, n, &f->data, &f->len, err);
	if (r)
		return r;
	f->path = word;
	return lmp_will_ask() ? hand_over(l, n, f, err) : 0;
}

/* A file that is there stays what it is. */
static int find(struct line *l, struct program_file *f, struct eu_error *err)
{
	const char *word = l->argv[l->program];
	char *path;
	struct hub_name name;

	if (!access(word, F_OK) || !hub_name_parse(word, &name))
		return 0;
	path = strchr(word, ':') ? NULL : pulled(word);
	if (!path)
		return get(l, &name, f, err);
	l->argv[l->program] = l->kept = path;
	return 0;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	EU_CLEANUP(line_done) struct line l = { .argc = argc, .argv = argv };
	struct program_file f = { 0 };
	struct eu_error err = { 0 };
	int r = read_line(&l, run_options, &err);

	if (!r && !l.program)
		r = read_line(&l, command_wasm_bpf.options, &err);
	if (r) {
		hubs_done(&l.hubs);
		return fail_usage(cmd, &err);
	}
	r = l.program ? find(&l, &f, &err) : 0;
	hubs_done(&l.hubs);
	if (r)
		program_file_done(&f);
	return r ? fail(&err) :
		   lmp_run_program(cmd, l.argc, l.argv, f.data ? &f : NULL);
}

const struct eu_command lmp_run = {
	.name = "run",
	.usage = "[OPTIONS] [PROGRAM] [OPTIONS OF THE PROGRAM]",
	.summary = "run a package (default: ./package.json) or a tool of a hub",
	.description =
		"Runs PROGRAM until Ctrl-C and prints its events in single-spaced rows. A word that is no file, NAME[:VERSION], is looked for in the hubs ('lmp list'). When not root and on a terminal it goes through sudo. Of a Wasm module the options stand in front of it: --dir, --env, --memory-limit, --timeout, -j, -v ('lmp run --help app.wasm' explains them); all behind it is for the module.",
	.examples = "lmp run package.json\n"
		    "lmp run --hub https://www.example/hub sigsnoop --sig 9",
	.options = lmp_run_options,
	.names = true,
	.run = command,
};
