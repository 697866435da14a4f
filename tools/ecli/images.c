/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "remote.h"
#include "table.h"

/* What is in the store: listed, named anew, forgotten. */

enum { OPT_JSON, OPT_HELP };

static const struct eu_option list_options[] = {
	{ 'j', "json", NULL, "print JSON", OPT_JSON },
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

struct listing {
	const struct eu_store *store;
	json_t *list;
};

static int add(void *ctx, const char *name, const struct eu_descriptor *d,
	       struct eu_error *err)
{
	struct listing *l = ctx;
	eu_auto_manifest struct eu_manifest m = { 0 };
	json_t *j = json_object();

	/* One that is not whole lists nothing. */
	eu_store_manifest(l->store, d, &m, NULL);
	eu_json_put_text(&j, "name", name);
	eu_json_put_text(&j, "digest", d->digest);
	eu_json_put_number(&j, "size", eu_manifest_size(&m, d));
	if (m.json)
		eu_json_put_text(&j, "type", m.artifact);
	eu_json_add(&l->list, j);
	return l->list ? 0 : eu_error_oom(err);
}

static const struct table_column columns[] = {
	{ "name", "NAME" },
	{ "digest", "DIGEST" },
	{ "size", "SIZE" },
	{ "type", "TYPE" },
};

static int images(const struct eu_command *cmd, int argc, char **argv)
{
	const char *value[EU_COUNT(list_options)] = { 0 }, *word = NULL;
	eu_auto_store struct eu_store s = { 0 };
	eu_auto_buf struct eu_buf out = EU_BUF(64 << 20);
	struct listing l = { .store = &s, .list = json_array() };
	eu_auto_json json_t *list = NULL;
	int status = one_word(cmd, argc, argv, &word, value);
	struct eu_error err;
	int r;

	if (status >= 0) {
		json_decref(l.list);
		return status;
	}
	r = eu_store_open(NULL, &s, &err);
	if (!r)
		r = eu_store_foreach(&s, add, &l, &err);
	list = l.list;
	if (r)
		return fail(&err);
	if (value[OPT_JSON])
		return print_whole(list);
	table_print(list, columns, EU_COUNT(columns), "", &out);
	put_foreign(eu_buf_str(&out) ?: "");
	return EXIT_DONE;
}

const struct eu_command command_images = {
	.name = "images",
	.usage = "[OPTIONS]",
	.summary = "list what the store has",
	.description =
		"Lists the references that were pulled, with the digests of their manifests and the bytes of all that belongs to them.",
	.options = list_options,
	.run = images,
};

static const struct eu_option help_options[] = {
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static int tag(const struct eu_command *cmd, int argc, char **argv)
{
	eu_auto_store struct eu_store s = { 0 };
	eu_auto_close int held = -1;
	struct word_list words = { 0 };
	struct eu_descriptor d;
	struct eu_ref from, to;
	struct eu_error err;
	int status = several_words(cmd, argc, argv, &words, NULL);

	if (status >= 0)
		return status;
	if (words.n != 2)
		return wrong_words(cmd, "two references are wanted");
	if (eu_ref_parse(words.list[0], &from, &err) ||
	    remote_ref(words.list[1], &to, &err))
		return fail(&err);
	if (*to.digest) {
		eu_error_set(&err, -EINVAL,
			     "'%s': a digest is no name to be given",
			     words.list[1]);
		return fail(&err);
	}
	if (eu_store_open(NULL, &s, &err))
		return fail(&err);
	held = eu_store_use(&s, &err);
	if (held < 0 || eu_store_find(&s, &from, &d, &err) ||
	    eu_store_tag(&s, &to, &d, &err))
		return fail(&err);
	return EXIT_DONE;
}

const struct eu_command command_tag = {
	.name = "tag",
	.usage = "REFERENCE NEW_REFERENCE",
	.summary = "give something in the store another name",
	.options = help_options,
	.names = true,
	.run = tag,
};

static int rm(const struct eu_command *cmd, int argc, char **argv)
{
	eu_auto_store struct eu_store s = { 0 };
	struct word_list words = { 0 };
	struct eu_error err;
	struct eu_ref ref;
	int status = several_words(cmd, argc, argv, &words, NULL);

	if (status >= 0)
		return status;
	if (!words.n)
		return wrong_words(cmd, "no reference given");
	if (eu_store_open(NULL, &s, &err))
		return fail(&err);
	status = EXIT_DONE;
	for (size_t i = 0; i < words.n; i++) {
		if (eu_ref_parse(words.list[i], &ref, &err) ||
		    eu_store_untag(&s, &ref, &err))
			status = fail(&err);
	}
	return status;
}

const struct eu_command command_rm = {
	.name = "rm",
	.usage = "REFERENCE...",
	.summary = "forget references of the store",
	.description =
		"Forgets the references; what no other stands for is removed by 'ecli prune'.",
	.options = help_options,
	.names = true,
	.run = rm,
};

static int prune(const struct eu_command *cmd, int argc, char **argv)
{
	eu_auto_store struct eu_store s = { 0 };
	struct word_list words = { 0 };
	struct eu_error err;
	uint64_t bytes;
	int status = several_words(cmd, argc, argv, &words, NULL);

	if (status >= 0)
		return status;
	if (words.n)
		return wrong_words(cmd, "it takes no argument");
	if (eu_store_open(NULL, &s, &err) || eu_store_prune(&s, &bytes, &err))
		return fail(&err);
	printf("%" PRIu64 " bytes\n", bytes);
	return EXIT_DONE;
}

const struct eu_command command_prune = {
	.name = "prune",
	.usage = "",
	.summary = "remove from the store what no reference stands for",
	.description =
		"Removes blobs that no reference stands for, and what killed pulls left. Prints how many bytes those were.",
	.options = help_options,
	.run = prune,
};
