/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "base/libyaml.h"
#include "base/module.h"
#include "base/sha256.h"
#include "base/util.h"
#include "lmp.h"
#include "pkg/liblzma.h"
#include "source.h"

/* In the static ecli: this stands for base/module.c, which opens libraries. */
int eu_module_load(const char *name, const void **ret_functions,
		   struct eu_error *err)
{
	(void)ret_functions;
	return eu_error_set(
		err, -ENOTSUP,
		"the static ecli has no modules, '%s' neither: use the other ecli",
		name);
}

/*
 * And for ecli/wasm.c, ecli/lmp_wasm.c and ecli/bpftool.c, which would be of no
 * use.
 */
int run_wasm(const struct eu_command *cmd, int argc, char **argv,
	     struct program_file *f)
{
	struct eu_error err;

	(void)cmd;
	(void)argc;
	(void)argv;
	(void)f;
	eu_error_set(&err, -ENOTSUP,
		     "the static ecli knows no Wasm: use the other ecli");
	return fail(&err);
}

static int run(const struct eu_command *cmd, int argc, char **argv)
{
	return run_wasm(cmd, argc, argv, NULL);
}

const struct eu_command command_wasm_bpf = {
	.name = "",
	.run = run,
};
const struct eu_command command_wasm_bpftool = {
	.name = "",
	.run = run,
};

int fetch(const char *word, struct source *from, uint64_t max, char **ret_data,
	  size_t *ret_len, struct eu_error *err)
{
	(void)from;
	(void)max;
	(void)ret_data;
	(void)ret_len;
	if (!strstr(word, "://"))
		return FETCH_NOT;
	return eu_error_set(
		err, -ENOTSUP,
		"the static ecli fetches nothing: download '%s', and run the file",
		word);
}

/* There never is an image. */
json_t *source_describe(const struct source *s)
{
	(void)s;
	return NULL;
}

/* What would be asked for is refused. */
void remote_option(struct remote *r, int id, const char *value)
{
	(void)r;
	(void)id;
	(void)value;
}

void remote_done(struct remote *r)
{
	(void)r;
}

static int run_other(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_error err;

	(void)argc;
	(void)argv;
	eu_error_set(&err, -ENOTSUP,
		     "the static ecli does not %s: use the other ecli",
		     cmd->name);
	return fail(&err);
}

#define ABSENT(command, word)                        \
	const struct eu_command command = {          \
		.name = word,                        \
		.summary = "not in the static ecli", \
		.run = run_other,                    \
	}

ABSENT(command_images, "images");
ABSENT(command_keygen, "keygen");
ABSENT(command_load, "load");
ABSENT(command_login, "login");
ABSENT(command_logout, "logout");
ABSENT(command_names, "names");
ABSENT(command_prune, "prune");
ABSENT(command_pull, "pull");
ABSENT(command_push, "push");
ABSENT(command_rm, "rm");
ABSENT(command_save, "save");
ABSENT(command_sign, "sign");
ABSENT(command_tag, "tag");
ABSENT(command_verify, "verify");
ABSENT(lmp_gen_wasm_skel, "gen-wasm-skel");
ABSENT(lmp_build_wasm, "build-wasm");
ABSENT(lmp_list, "list");
ABSENT(lmp_pull, "pull");
ABSENT(lmp_push, "push");

static int run_here(const struct eu_command *cmd, int argc, char **argv)
{
	return lmp_run_program(cmd, argc, argv, NULL);
}

/* Of files only. */
const struct eu_command lmp_run = {
	.name = "run",
	.usage = "[OPTIONS] [PROGRAM] [OPTIONS OF THE PROGRAM]",
	.summary = "run a package (default: ./package.json)",
	.options = run_options,
	.run = run_here,
};

typedef void any_fn(void);

#define ROW(f) { #f, (any_fn *)f },

static const struct {
	const char *name;
	any_fn *function;
} linked[] = { EU_YAML_READING(ROW) EU_LIBLZMA_FUNCTIONS(ROW)
		       EU_LIBMD_FUNCTIONS(ROW) };

/* The same for base/late.c. */
int eu_late_open(const char *file, const char *const *names, size_t n,
		 void *ret_functions, struct eu_error *err)
{
	any_fn **to = ret_functions;
	size_t k;

	for (size_t i = 0; i < n; i++) {
		for (k = 0; k < EU_COUNT(linked); k++) {
			if (!strcmp(linked[k].name, names[i]))
				break;
		}
		if (k == EU_COUNT(linked))
			return eu_error_set(err, -ELIBBAD, "'%s' has no %s()",
					    file, names[i]);
		to[i] = linked[k].function;
	}
	return 0;
}
