/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "oci/push.h"
#include "progress.h"
#include "remote.h"

enum {
	OPT_MODULE,
	OPT_NOTE,
	OPT_SOURCE,
	OPT_QUIET,
	OPT_HELP,
	MAX_FILE = 256 << 20,
	MAX_FILES = 32
};

static const struct eu_option options[] = {
	{ 'm', "module", "FILE", "what to push (app.wasm, else package.json)",
	  OPT_MODULE },
	{ 'a', "annotations", "KEY=VALUE",
	  "say this of it in its manifest; may be given again", OPT_NOTE },
	{ 0, "source", "URL", "say where its sources are", OPT_SOURCE },
	{ 'q', "quiet", NULL, "print nothing but errors", OPT_QUIET },
	REMOTE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

struct push {
	struct remote remote;
	bool quiet;
	const char *to;
	const char *words[MAX_FILES]; /* [ARCH=]FILE */
	size_t n;
	json_t *notes;
	struct eu_push_file files[MAX_FILES];
};

static int add_file(struct push *p, const char *word, struct eu_error *err)
{
	if (p->n == MAX_FILES)
		return eu_error_set(err, -E2BIG, "more than %d files", MAX_FILES);
	p->words[p->n++] = word;
	return 0;
}

static int take(struct push *p, int id, const char *value, struct eu_error *err)
{
	switch (id) {
	case OPT_MODULE: return add_file(p, value, err);
	case OPT_NOTE: return remote_note(&p->notes, value, err);
	case OPT_SOURCE:
		eu_json_put(&p->notes, EU_OCI_SOURCE, eu_json_text(value));
		return p->notes ? 0 : eu_error_oom(err);
	case OPT_QUIET: p->quiet = true; return 0;
	}
	remote_option(&p->remote, id, value);
	return 0;
}

static int parse(struct push *p, const struct eu_command *cmd, int argc,
		 char **argv, struct eu_error *err)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	int i, r = 0;

	while (!r && (i = eu_args_next(&a, options, err)) != EU_ARGS_END) {
		if (i == EU_ARGS_WORD && !p->to) {
			p->to = a.value;
		} else if (i == EU_ARGS_WORD) {
			r = add_file(p, a.value, err);
		} else if (i < 0) {
			r = i;
		} else if (options[i].id == OPT_HELP) {
			show_help(cmd);
			return 1;
		} else {
			r = take(p, options[i].id, a.value, err);
		}
	}
	if (!r && !p->to)
		r = eu_error_set(err, -EINVAL,
				 "no reference given: HOST/PATH:TAG");
	return r ?: remote_complete(&p->remote, err);
}

/* "arm64=FILE": what is no architecture belongs to the name. */
static const char *take_arch(const char *word, const char **ret_path)
{
	const char *equals = strchr(word, '='), *arch;
	char name[16];

	*ret_path = word;
	if (!equals || (size_t)(equals - word) >= sizeof(name))
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)(equals - word), word);
	arch = eu_platform(name);
	if (arch)
		*ret_path = equals + 1;
	return arch;
}

/* No two that one machine would have to choose from. */
static int check_archs(const struct push *p, struct eu_error *err)
{
	const char *arch;

	for (size_t i = 0; i < p->n && p->n > 1; i++) {
		arch = p->files[i].arch;
		if (!arch)
			return eu_error_set(
				err, -EINVAL,
				"of several files each is for one architecture: write ARCH=%s",
				p->words[i]);
		for (size_t k = 0; k < i; k++) {
			if (!strcmp(p->files[k].arch, arch))
				return eu_error_set(
					err, -EINVAL,
					"'%s' and '%s' are for the same architecture",
					p->words[k], p->words[i]);
		}
	}
	return 0;
}

static int read_files(struct push *p, struct eu_error *err)
{
	struct eu_push_file *f;
	const char *path;
	char *data;
	int r = 0;

	if (!p->n)
		p->words[p->n++] = access("app.wasm", F_OK) &&
						   !access("package.json", F_OK) ?
					   "package.json" :
					   "app.wasm";
	for (size_t i = 0; i < p->n; i++)
		p->files[i].arch = take_arch(p->words[i], &path);
	r = check_archs(p, err);
	for (size_t i = 0; i < p->n && !r; i++) {
		f = &p->files[i];
		take_arch(p->words[i], &path);
		f->title = eu_path_name(path);
		r = eu_file_read(path, MAX_FILE, &data, &f->len, err);
		if (!r)
			f->data = data;
	}
	return r;
}

static int push(struct push *p, struct eu_error *err)
{
	eu_auto_store struct eu_store store = { 0 };
	struct eu_registry *g = NULL;
	char digest[EU_DIGEST], name[EU_REF_TEXT];
	struct eu_registry_opts o = p->remote.o;
	struct progress progress = { 0 };
	struct eu_ref ref;
	bool stored;
	int r = remote_ref(p->to, &ref, err);

	if (!r && *ref.digest)
		r = eu_error_set(
			err, -EINVAL,
			"'%s': the digest follows from what is pushed: leave it out",
			p->to);
	if (!r)
		r = read_files(p, err);
	if (!p->quiet)
		progress_begin(&progress, &o);
	if (!r)
		r = eu_registry_open(&ref, &o, &g, err);
	/* It knows of other repositories; there need not be one. */
	stored = !r && !eu_store_open_there(NULL, &store, NULL);
	if (!r)
		r = eu_push(g, stored ? &store : NULL, &ref, p->files, p->n,
			    p->notes, digest, err);
	progress_end(&progress);
	if (!r && !p->quiet) {
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
	for (size_t i = 0; i < p.n; i++)
		free((char *)p.files[i].data);
	json_decref(p.notes);
	remote_done(&p.remote);
	return status;
}

const struct eu_command command_push = {
	.name = "push",
	.usage = "[OPTIONS] REFERENCE [[ARCH=]FILE]...",
	.summary = "give a package or a Wasm module to a registry",
	.description =
		"Pushes a file to an OCI registry as REFERENCE, [HOST[:PORT]/]PATH[:TAG]: a package, a BPF object, a tar of packages or a Wasm module, told by how it begins. Of several files each is for one architecture (x86, arm64, arm, riscv, s390, or as images name them), and who pulls gets the one for his machine. Prints the reference with the digest of the manifest. Without --username and --prompt, who you are is taken from the files of 'ecli login', podman and docker.",
	.examples = "ecli push -m package.json localhost:5000/tools/x:1\n"
		    "ecli push -a org.opencontainers.image.licenses=MIT example.org/me/x\n"
		    "ecli push example.org/me/x x86=x.bpf.o arm64=x-arm64.bpf.o",
	.options = options,
	.run = command,
};
