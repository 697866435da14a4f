/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cachedir.h"
#include "hub.h"

/* What shells complete: names that are known here, without asking anybody. */

enum { OPT_HELP, MAX_NAMES = 100000 };

struct names {
	char **list;
	size_t n;
	const struct hubs *hubs;
};

/* What cannot be kept is left out. */
__attribute__((format(printf, 2, 3))) static void add(struct names *to,
						      const char *format, ...)
{
	va_list ap;
	char *name;

	va_start(ap, format);
	if (vasprintf(&name, format, ap) < 0)
		name = NULL;
	va_end(ap);
	if (name && !eu_array_grow(&to->list, to->n, sizeof(*to->list), MAX_NAMES))
		to->list[to->n++] = name;
	else
		free(name);
}

/* NAME[:VERSION] as 'lmp run' takes it; nothing of what it does not take. */
static void add_tool(struct names *to, const char *word)
{
	struct hub_name n;

	if (!hub_name_parse(word, &n))
		return;
	if (strcmp(n.version, "latest") != 0)
		add(to, "%s:%s", n.name, n.version);
	else
		add(to, "%s", n.name);
}

static int add_image(void *ctx, const char *name, const struct eu_descriptor *d,
		     struct eu_error *err)
{
	struct names *to = ctx;
	char digest[EU_DIGEST];
	struct eu_ref ref;

	(void)d;
	(void)err;
	if (eu_ref_parse(name, &ref, NULL) || eu_ref_signs(&ref, digest))
		return 0;
	add(to, "%s", name);
	for (size_t i = 0; i < to->hubs->n; i++) {
		const char *space = hub_namespace(to->hubs->address[i]);
		const size_t len = space ? strlen(space) : 0;

		if (space && !strncmp(name, space, len) && name[len] == '/')
			add_tool(to, name + len + 1);
	}
	return 0;
}

/* Lists that are files here, or were fetched before. */
static void add_hub(struct names *to, struct hubs *h, const char *address)
{
	eu_auto_json json_t *list = json_array();
	json_t *tool, *version;
	size_t i, k;

	if (hub_namespace(address) || hub_list(h, address, &list, NULL))
		return;
	json_array_foreach (list, i, tool) {
		const char *name = eu_json_str(tool, "name");

		add_tool(to, name);
		json_array_foreach (json_object_get(tool, "versions"), k,
				    version) {
			eu_auto_free char *word = NULL;

			if (asprintf(&word, "%s:%s", name,
				     json_string_value(version)) < 0)
				word = NULL;
			if (word)
				add_tool(to, word);
		}
	}
}

/* What was handed to root. */
static void add_kept(struct names *to)
{
	eu_auto_free char *path = eu_cachedir_open("hub");
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		add_tool(to, e->d_name);
	if (dir)
		closedir(dir);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Each once. */
static void print(const struct names *n)
{
	if (n->n)
		qsort(n->list, n->n, sizeof(*n->list), compare);
	for (size_t i = 0; i < n->n; i++) {
		if (!i || strcmp(n->list[i], n->list[i - 1]) != 0)
			puts(n->list[i]);
	}
}

static void names_done(struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->list[i]);
	free(n->list);
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	EU_CLEANUP(names_done) struct names names = { 0 };
	EU_CLEANUP(hubs_done) struct hubs hubs = { 0 };
	eu_auto_store struct eu_store store = { 0 };
	struct word_list words = { 0 };
	int status = several_words(cmd, argc, argv, &words, NULL);

	if (status >= 0)
		return status;
	if (words.n)
		return wrong_words(cmd, "it takes no argument");
	setenv("EUNOMIA_OFFLINE", "1", 1);
	names.hubs = &hubs;
	if (!strcmp(program_name, "lmp")) {
		hubs_complete(&hubs, "", NULL);
		add_kept(&names);
	}
	for (size_t i = 0; i < hubs.n; i++)
		add_hub(&names, &hubs, hubs.address[i]);
	if (!eu_store_open_there(NULL, &store, NULL))
		eu_store_foreach(&store, add_image, &names, NULL);
	print(&names);
	return EXIT_DONE;
}

static const struct eu_option options[] = {
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

const struct eu_command command_names = {
	.name = "names",
	.usage = "",
	.summary = "print the names that 'run' takes and that are known here",
	.description =
		"Prints what shells complete, a line each: the references of the store, and of 'lmp' the names of tools in the hubs, as far as these are folders here, were listed before, or gave something that was run. Nobody is asked.",
	.options = options,
	.run = command,
};
