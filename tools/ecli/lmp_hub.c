/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "hub.h"
#include "net/fetch.h"
#include "oci/push.h"
#include "pkg/package.h"
#include "table.h"
#include "wasm/guest.h"

/* lmp push, pull and list: what goes to hubs and comes from them. */

enum { OPT_HELP, OPT_JSON, OPT_OUTPUT, MAX_WORDS = 2 };

/* What all three of them take. */
struct hub_line {
	struct hubs hubs;
	const char *words[MAX_WORDS];
	size_t n;
	const char *output;
	bool json;
};

/* The exit status, or -1 to go on. */
static int parse(struct hub_line *l, const struct eu_command *cmd, int argc,
		 char **argv)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	const struct eu_option *o = cmd->options;
	struct eu_error err;
	int i, r = 0;

	while (!r && (i = eu_args_next(&a, o, &err)) != EU_ARGS_END) {
		if (i == EU_ARGS_WORD && l->n < MAX_WORDS) {
			l->words[l->n++] = a.value;
			continue;
		}
		if (i == EU_ARGS_WORD)
			eu_error_set(&err, -EINVAL, "unexpected argument '%s'",
				     a.value);
		if (i < 0)
			return fail_usage(cmd, &err);
		if (o[i].id == OPT_HELP)
			return show_help(cmd);
		if (o[i].id == OPT_JSON)
			l->json = true;
		else if (o[i].id == OPT_OUTPUT)
			l->output = a.value;
		else
			r = hubs_option(&l->hubs, o[i].id, a.value, &err);
	}
	r = r ?: remote_complete(&l->hubs.from.remote, &err);
	return r ? fail_usage(cmd, &err) : -1;
}

static int no_name(const char *word, struct eu_error *err)
{
	return eu_error_set(
		err, -EINVAL,
		"'%s' is no name of a tool: NAME[:VERSION], NAME of small letters, digits, '-' and '_'",
		word);
}

/* ---- push */

/* Keys of config.json, and what they are called in manifests. */
static const struct {
	const char *key, *note;
} about[] = {
	{ "description", "org.opencontainers.image.description" },
	{ "license", "org.opencontainers.image.licenses" },
	{ "author", "org.opencontainers.image.authors" },
	{ "url", "org.opencontainers.image.url" },
};

/* config.json of the folder that the file is in. */
static void add_config(const char *file, json_t **j)
{
	const char *slash = strrchr(file, '/');
	eu_auto_free char *dir = strndup(file, slash ? slash + 1 - file : 0);
	eu_auto_free char *path = dir ? eu_path_join(dir, "config.json") : NULL;
	eu_auto_free char *text = NULL;
	eu_auto_json json_t *config = NULL;
	size_t len;

	if (!path || eu_file_read(path, 1 << 20, &text, &len, NULL))
		return;
	config = eu_json_read(text, len, NULL);
	for (size_t i = 0; i < EU_COUNT(about); i++) {
		const char *value = eu_json_str(config, about[i].key);

		if (value && *value)
			eu_json_put_text(j, about[i].key, value);
	}
}

/* What people are told of it. What config.json says comes first. */
static json_t *describe(const char *file, const char *data, size_t len,
			bool package)
{
	eu_auto_package struct eu_package *pkg = NULL;
	json_t *j = json_object();

	if (package && !eu_package_parse(data, len, file, NULL, &pkg, NULL))
		eu_json_put_text(&j, "description",
				 pkg->brief ?: pkg->description);
	add_config(file, &j);
	return j;
}

static int push_to_registry(struct hubs *h, const char *space,
			    const struct hub_name *n, const char *title,
			    const char *data, size_t len, const json_t *said,
			    struct eu_error *err)
{
	const struct eu_push_file f = { .title = title, .data = data, .len = len };
	eu_auto_json json_t *notes = json_object();
	char digest[EU_DIGEST], text[EU_REF_TEXT];
	struct eu_registry *g = NULL;
	struct eu_ref ref;
	int r = hub_reference(space, n, &ref, err);

	for (size_t i = 0; i < EU_COUNT(about); i++)
		eu_json_put_text(&notes, about[i].note,
				 eu_json_str(said, about[i].key));
	if (!r)
		r = eu_registry_open(&ref, &h->from.remote.o, &g, err);
	if (!r)
		r = eu_push(g, NULL, &ref, &f, 1, notes, digest, err);
	eu_registry_close(g);
	if (r)
		return r;
	eu_ref_format(&ref, text, sizeof(text));
	printf("%s@%s\n", text, digest);
	return 0;
}

static int push_to_folder(const char *dir, const struct hub_name *n,
			  const char *title, const char *data, size_t len,
			  const json_t *said, struct eu_error *err)
{
	char digest[EU_DIGEST];
	int r = eu_digest_of(data, len, digest, err);

	if (!r)
		r = hub_folder_put(dir, n, title, data, len, said, err);
	if (!r)
		printf("%s/%s:%s %s\n", dir, n->name, n->version, digest);
	return r;
}

static int push(struct hub_line *l, struct eu_error *err)
{
	const char *file = l->n == 2 ? l->words[0] :
			   access("app.wasm", F_OK) &&
					   !access("package.json", F_OK) ?
				       "package.json" :
				       "app.wasm";
	const char *word = l->words[l->n - 1], *to, *space, *title;
	eu_auto_free char *data = NULL, *dir = NULL;
	const struct eu_artifact *kind;
	eu_auto_json json_t *said = NULL;
	struct hub_name n;
	size_t len;
	int r = hub_name_parse(word, &n) ? 0 : no_name(word, err);

	r = r ?: hubs_complete(&l->hubs, "'push' needs a hub", err);
	r = r ?: eu_file_read(file, HUB_MAX_FILE, &data, &len, err);
	if (r)
		return r;
	kind = eu_artifact_of(data, len);
	if (!kind || (strcmp(kind->what, "package") != 0 &&
		      strcmp(kind->what, "Wasm module") != 0))
		return eu_error_set(err, -EINVAL,
				    "'%s' is no package and no Wasm module",
				    file);
	if (!strcmp(kind->what, "package"))
		r = eu_about_program(data, len, file, NULL, err);
	if (r)
		return r;
	title = strcmp(kind->what, "package") ? "app.wasm" : "package.json";
	said = describe(file, data, len, !strcmp(kind->what, "package"));
	if (!said)
		return eu_error_oom(err);
	to = l->hubs.address[0];
	space = hub_namespace(to);
	if (space)
		return push_to_registry(&l->hubs, space, &n, title, data, len,
					said, err);
	r = eu_fetch_path(to, &dir, err);
	if (!r)
		return push_to_folder(dir, &n, title, data, len, said, err);
	if (r != -ENOENT)
		return r;
	return eu_error_set(
		err, -ENOTSUP,
		"'%s' is a web server, which takes nothing: push to its folder (file:///PATH) or to a registry (oci://HOST/NAMESPACE)",
		to);
}

static int push_command(const struct eu_command *cmd, int argc, char **argv)
{
	struct hub_line l = { 0 };
	struct eu_error err;
	int status = parse(&l, cmd, argc, argv);

	if (status < 0 && !l.n) {
		eu_error_set(&err, -EINVAL, "no name given: NAME:VERSION");
		status = fail_usage(cmd, &err);
	}
	if (status < 0)
		status = push(&l, &err) ? fail(&err) : EXIT_DONE;
	hubs_done(&l.hubs);
	return status;
}

static const struct eu_option push_options[] = {
	HUB_OPTION,	HUB_TIMEOUT_OPTION,
	REMOTE_OPTIONS, { 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

const struct eu_command lmp_push = {
	.name = "push",
	.usage = "[OPTIONS] [FILE] NAME[:VERSION]",
	.summary = "give a program to a hub",
	.description =
		"Gives FILE, a Wasm module or a package (default: app.wasm, else package.json), to the first hub, a namespace of a registry or a folder, as NAME:VERSION (default: latest). What config.json beside it says goes along.",
	.examples = "lmp push app.wasm sigsnoop:0.2\n"
		    "lmp push --hub oci://localhost:5000/tools package.json opensnoop:1",
	.options = push_options,
	.run = push_command,
};

/* ---- pull */

static int pull(struct hub_line *l, struct eu_error *err)
{
	eu_auto_free char *data = NULL, *own = NULL;
	char digest[EU_DIGEST];
	struct hub_name n;
	const char *to;
	size_t len;
	int r = hub_name_parse(l->words[0], &n) ? 0 : no_name(l->words[0], err);

	r = r ?: hubs_complete(&l->hubs, "'pull' needs a hub", err);
	r = r ?: hubs_get(&l->hubs, &n, &data, &len, err);
	r = r ?: eu_digest_of(data, len, digest, err);
	if (r)
		return r;
	if (asprintf(&own, "%s.%s", n.name,
		     eu_wasm_is(data, len) ? "wasm" : "json") < 0) {
		own = NULL;
		return eu_error_oom(err);
	}
	to = l->output ?: own;
	r = write_output(to, data, len, err);
	if (!r && !is_stdout(to))
		printf("%s %s\n", to, digest);
	return r;
}

static int pull_command(const struct eu_command *cmd, int argc, char **argv)
{
	struct hub_line l = { 0 };
	struct eu_error err;
	int status = parse(&l, cmd, argc, argv);

	if (status < 0 && l.n != 1) {
		eu_error_set(&err, -EINVAL, "give one name: NAME[:VERSION]");
		status = fail_usage(cmd, &err);
	}
	if (status < 0)
		status = pull(&l, &err) ? fail(&err) : EXIT_DONE;
	hubs_done(&l.hubs);
	return status;
}

static const struct eu_option pull_options[] = {
	{ 'o', "output", "FILE",
	  "write it here (NAME.wasm or NAME.json); '-': standard output",
	  OPT_OUTPUT },
	HUB_OPTION,
	HUB_TIMEOUT_OPTION,
	SOURCE_ROWS,
	REMOTE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

const struct eu_command lmp_pull = {
	.name = "pull",
	.usage = "[OPTIONS] NAME[:VERSION]",
	.summary = "get a program from a hub",
	.description =
		"Looks for NAME in what was fetched before and in the hubs, as 'lmp run NAME' does, and writes it to NAME.wasm or NAME.json. Prints the file and its digest.",
	.examples = "lmp pull sigsnoop\n"
		    "lmp pull sigsnoop:0.1 -o package.json",
	.options = pull_options,
	.run = pull_command,
};

/* ---- list */

static const struct table_column columns[] = {
	{ "name", "NAME" },
	{ "versions", "VERSIONS" },
	{ "description", "DESCRIPTION" },
	{ "hub", "HUB" },
};

static int list(struct hub_line *l)
{
	eu_auto_buf struct eu_buf out = EU_BUF(64 << 20);
	eu_auto_json json_t *all = json_array();
	int status = EXIT_DONE;
	struct eu_error err;

	/* One that does not answer leaves the others to be listed. */
	for (size_t i = 0; i < l->hubs.n; i++) {
		if (hub_list(&l->hubs, l->hubs.address[i], &all, &err))
			status = fail(&err);
	}
	if (!all) {
		eu_error_oom(&err);
		return fail(&err);
	}
	if (l->json)
		return print_whole(all) ?: status;
	table_print(all, columns, EU_COUNT(columns), "", &out);
	put_foreign(eu_buf_str(&out) ?: "");
	return status;
}

static int list_command(const struct eu_command *cmd, int argc, char **argv)
{
	struct hub_line l = { 0 };
	struct eu_error err;
	int status = parse(&l, cmd, argc, argv);

	if (status < 0 && l.n) {
		eu_error_set(&err, -EINVAL, "unexpected argument '%s'",
			     l.words[0]);
		status = fail_usage(cmd, &err);
	}
	if (status < 0)
		status = hubs_complete(&l.hubs, "nothing can be listed", &err) ?
				 fail(&err) :
				 list(&l);
	hubs_done(&l.hubs);
	return status;
}

static const struct eu_option list_options[] = {
	{ 'j', "json", NULL, "print JSON", OPT_JSON },
	HUB_OPTION,
	HUB_TIMEOUT_OPTION,
	REMOTE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

const struct eu_command lmp_list = {
	.name = "list",
	.usage = "[OPTIONS]",
	.summary = "list what hubs have",
	.description =
		"Lists the names that 'lmp run' and 'lmp pull' take, of all hubs, with their versions. The exit status is 1 if a hub could not be asked.",
	.options = list_options,
	.run = list_command,
};
