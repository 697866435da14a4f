/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "remote.h"

enum { OPT_MODULE, OPT_NOTE, OPT_HELP, MAX_FILE = 256 << 20 };

static const struct eu_option options[] = {
	{ 'm', "module", "FILE", "what to push (app.wasm, else package.json)",
	  OPT_MODULE },
	{ 'a', "annotations", "KEY=VALUE",
	  "say this of it in its manifest; may be given again", OPT_NOTE },
	REMOTE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

struct push {
	struct remote remote;
	const char *file;
	const char *to;
	json_t *notes;
};

static int parse(struct push *p, const struct eu_command *cmd, int argc,
		 char **argv, struct eu_error *err)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	int i, r = 0;

	while (!r && (i = eu_args_next(&a, options, err)) != EU_ARGS_END) {
		if (i == EU_ARGS_WORD && !p->to) {
			p->to = a.value;
		} else if (i == EU_ARGS_WORD) {
			r = eu_error_set(err, -EINVAL,
					 "unexpected argument '%s'", a.value);
		} else if (i < 0) {
			r = i;
		} else if (options[i].id == OPT_HELP) {
			show_help(cmd);
			return 1;
		} else if (options[i].id == OPT_MODULE) {
			p->file = a.value;
		} else if (options[i].id == OPT_NOTE) {
			r = remote_note(&p->notes, a.value, err);
		} else {
			remote_option(&p->remote, options[i].id, a.value);
		}
	}
	if (!r && !p->to)
		r = eu_error_set(err, -EINVAL,
				 "no reference given: HOST/PATH:TAG");
	return r ?: remote_complete(&p->remote, err);
}

/* What stands behind the last slash: a file's name says nothing of folders. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int push(struct push *p, struct eu_error *err)
{
	struct eu_registry *g = NULL;
	eu_auto_free char *data = NULL;
	char digest[EU_DIGEST], name[EU_REF_TEXT];
	struct eu_ref ref;
	size_t len;
	int r = remote_ref(p->to, &ref, err);

	if (!r && *ref.digest)
		r = eu_error_set(
			err, -EINVAL,
			"'%s': the digest follows from what is pushed: leave it out",
			p->to);
	if (!p->file)
		p->file = access("app.wasm", F_OK) &&
					  !access("package.json", F_OK) ?
				  "package.json" :
				  "app.wasm";
	if (!r)
		r = eu_file_read(p->file, MAX_FILE, &data, &len, err);
	if (!r)
		r = eu_registry_open(&ref, &p->remote.o, &g, err);
	if (!r)
		r = eu_artifact_push(g, &ref, data, len, p->notes,
				     base_name(p->file), digest, err);
	if (!r) {
		eu_ref_format(&ref, name, sizeof(name));
		printf("%s@%s\n", name, digest);
	}
	eu_registry_close(g);
	return r;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	struct push p = { .notes = json_object() };
	struct eu_error err = { 0 };
	int status, r = parse(&p, cmd, argc, argv, &err);

	if (r > 0)
		status = EXIT_DONE;
	else if (r)
		status = fail_usage(cmd, &err);
	else
		status = push(&p, &err) ? fail(&err) : EXIT_DONE;
	json_decref(p.notes);
	remote_done(&p.remote);
	return status;
}

const struct eu_command command_push = {
	.name = "push",
	.usage = "[OPTIONS] REFERENCE",
	.summary = "give a package or a Wasm module to a registry",
	.description =
		"Pushes a file to an OCI registry as REFERENCE, [HOST[:PORT]/]PATH[:TAG]: a package, a BPF object, a tar of packages or a Wasm module, told by how it begins. Prints the reference with the digest of the manifest. Without --username and --prompt, who you are is taken from the files of 'ecli login', podman and docker.",
	.examples = "ecli push -m package.json localhost:5000/tools/x:1\n"
		    "ecli push -a org.opencontainers.image.licenses=MIT example.org/me/x",
	.options = options,
	.run = command,
};
