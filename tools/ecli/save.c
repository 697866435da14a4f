/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ecli.h"
#include "oci/archive.h"
#include "oci/artifact.h"
#include "oci/policy.h"

/* Images of the store to a file, and from one. */

enum { OPT_OUTPUT, OPT_HELP };

static const size_t MAX_ARCHIVE = 1 << 30;

static const struct eu_option save_options[] = {
	{ 'o', "output", "FILE", "write the archive here; '-': standard output",
	  OPT_OUTPUT },
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static const struct eu_option load_options[] = {
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static int write_archive(const char *to, const struct word_list *w,
			 struct eu_error *err)
{
	eu_auto_store struct eu_store s = { 0 };
	eu_auto_buf struct eu_buf out = EU_BUF(MAX_ARCHIVE);
	struct eu_ref refs[WORDS_MAX];
	int r = eu_store_open(NULL, &s, err);

	for (size_t i = 0; i < w->n && !r; i++)
		r = eu_ref_parse(w->list[i], &refs[i], err);
	if (!r)
		r = eu_archive_save(&s, refs, w->n, &out, err);
	return r ?: write_output(to, out.data, out.len, err);
}

static int save(const struct eu_command *cmd, int argc, char **argv)
{
	const char *value[EU_COUNT(save_options)] = { 0 };
	struct word_list w = { 0 };
	struct eu_error err;
	int status = several_words(cmd, argc, argv, &w, value);

	if (status >= 0)
		return status;
	if (!w.n)
		return wrong_words(cmd, "no reference given");
	if (!value[OPT_OUTPUT])
		return wrong_words(cmd, "no file given: -o FILE.tar");
	if (is_stdout(value[OPT_OUTPUT]) && isatty(STDOUT_FILENO))
		return wrong_words(cmd, "an archive is nothing for a terminal");
	return write_archive(value[OPT_OUTPUT], &w, &err) ? fail(&err) :
							    EXIT_DONE;
}

const struct eu_command command_save = {
	.name = "save",
	.usage = "-o FILE REFERENCE...",
	.summary = "write images of the store to a file",
	.description =
		"Writes what the references stand for in the store, with the signatures that are there, to FILE, an image layout in a tar (\"oci-archive\"), for systems that no registry can be reached from. The same images give the same bytes.",
	.examples = "ecli save -o x.tar registry.example/me/x:1\n"
		    "ecli save -o - registry.example/me/x:1 | ssh there ecli load -\n",
	.options = save_options,
	.names = true,
	.run = save,
};

static int show(void *ctx, const char *name, const struct eu_descriptor *d,
		struct eu_error *err)
{
	(void)ctx;
	(void)err;
	printf("%s %s\n", name, d->digest);
	return 0;
}

/* A program that only needs to be run has no images in it. */
static int refuse_program(const char *from, const void *data, size_t len,
			  struct eu_error *err)
{
	const struct eu_artifact *kind = eu_artifact_of(data, len);

	if (!kind || !strcmp(kind->what, "archive"))
		return 0;
	return eu_error_set(
		err, -EINVAL,
		"'%s' is a %s and holds no images: 'ecli run' takes it as it is",
		from, kind->what);
}

static int read_archive(const char *from, const char *as, struct eu_error *err)
{
	eu_auto_store struct eu_store s = { 0 };
	eu_auto_free char *data = NULL;
	struct eu_ref ref;
	size_t len;
	int r = as ? eu_ref_parse(as, &ref, err) : 0;

	if (!r)
		r = eu_store_open(NULL, &s, err);
	if (!r)
		r = eu_file_read(from, MAX_ARCHIVE, &data, &len, err);
	if (!r)
		r = eu_policy_file(from, data, len, err);
	if (!r)
		r = refuse_program(from, data, len, err);
	if (r)
		return r;
	r = eu_archive_load(&s, data, len, as ? &ref : NULL, show, NULL, err);
	if (eu_store_make_room(&s, r))
		r = eu_archive_load(&s, data, len, as ? &ref : NULL, show, NULL,
				    err);
	return r ? eu_error_prefix(err, r, "'%s'", from) : 0;
}

static int load(const struct eu_command *cmd, int argc, char **argv)
{
	struct word_list w = { 0 };
	struct eu_error err;
	int status = several_words(cmd, argc, argv, &w, NULL);

	if (status >= 0)
		return status;
	if (!w.n || w.n > 2)
		return wrong_words(cmd, "a file is wanted, and perhaps a name");
	return read_archive(w.list[0], w.n > 1 ? w.list[1] : NULL, &err) ?
		       fail(&err) :
		       EXIT_DONE;
}

const struct eu_command command_load = {
	.name = "load",
	.usage = "FILE [REFERENCE]",
	.summary = "take images from a file into the store",
	.description =
		"Takes the images of FILE ('-': standard input), which 'ecli save', 'skopeo copy ... oci-archive:FILE' or other tools wrote, into the store, where they are called as the file says, or REFERENCE. Of several architectures the one for this machine. Prints each with the digest of its manifest.",
	.examples = "ecli load x.tar\n"
		    "ecli run --pull never registry.example/me/x:1\n",
	.options = load_options,
	.run = load,
};
