/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ecli.h"
#include "gen/printers.h"
#include "gen/skeleton.h"
#include "gen/wit.h"

/* What of bpftool's command line makers of Wasm guests use. */

enum { OPT_JSON, OPT_WASM, OPT_HELP, MAX_WORDS = 8 };

static const struct eu_option options[] = {
	{ 'j', "json", NULL, "write for Wasm, as everything here does", OPT_JSON },
	{ 0, "wasm", NULL, "the same", OPT_WASM },
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

typedef int write_fn(const struct eu_package *pkg, struct eu_buf *out,
		     struct eu_error *err);

/* One row a command line; NULL ends its words, "FILE" is any. */
static const struct {
	const char *words[MAX_WORDS];
	write_fn *write;
} forms[] = {
	{ { "gen", "skeleton", "FILE" }, eu_skeleton_write },
	{ { "gen", "printers", "FILE" }, eu_printers_write },
	{ { "btf", "dump", "file", "FILE", "format", "c" }, eu_skeleton_types },
	{ { "btf", "dump", "file", "FILE", "format", "wit" }, eu_wit_write },
};

static bool fits(const char *const *form, const char *const *words,
		 const char **ret_file)
{
	for (; *form && *words; form++, words++) {
		if (!strcmp(*form, "FILE"))
			*ret_file = *words;
		else if (strcmp(*form, *words) != 0)
			return false;
	}
	return !*form && !*words;
}

static int write_file(const char *path, write_fn *write, struct eu_error *err)
{
	eu_auto_package struct eu_package *pkg = NULL;
	eu_auto_buf struct eu_buf out = EU_BUF(256u << 20);
	int r = open_package(path, NULL, NULL, &pkg, err);

	if (!r)
		r = write(pkg, &out, err);
	if (r)
		return r;
	r = eu_write_all(STDOUT_FILENO, out.data, out.len);
	return r ? eu_error_set(err, r, "cannot write: %s", strerror(-r)) : 0;
}

static int run(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	const char *words[MAX_WORDS + 1] = { 0 }, *file = NULL;
	struct eu_error err = { 0 };
	size_t n = 0;
	int i;

	while ((i = eu_args_next(&a, options, &err)) != EU_ARGS_END) {
		if (i == EU_ARGS_WORD) {
			words[n] = a.value;
			n = eu_min(n + 1, (size_t)MAX_WORDS);
			continue;
		}
		if (i < 0)
			return fail_usage(cmd, &err);
		else if (options[i].id == OPT_HELP)
			return show_help(cmd);
	}
	for (size_t k = 0; k < EU_COUNT(forms); k++) {
		if (fits(forms[k].words, words, &file))
			return write_file(file, forms[k].write, &err) ?
				       fail(&err) :
				       EXIT_DONE;
	}
	eu_error_set(
		&err, -EINVAL,
		"'gen skeleton FILE', 'gen printers FILE' or 'btf dump file FILE format c|wit'");
	return fail_usage(cmd, &err);
}

const struct eu_command command_wasm_bpftool = {
	.name = "",
	.usage = "gen skeleton|printers FILE | btf dump file FILE format c|wit",
	.summary = "write C headers for Wasm guests",
	.description =
		"Writes what the user space of the BPF object FILE is compiled with as Wasm to standard output: its skeleton, with the object in it, or the types of its BTF as they are in the kernel's memory, with pointers as numbers, all gaps written out and sizes asserted, or functions that print these types as JSON and text. As WIT the types are for other languages than C.",
	.examples = "wasm-bpftool gen skeleton -j x.bpf.o >x.skel.h\n"
		    "wasm-bpftool gen printers x.bpf.o >x.print.h\n"
		    "wasm-bpftool btf dump file x.bpf.o format c -j >x.wasm.h\n",
	.options = options,
	.run = run,
};
