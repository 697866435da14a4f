/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "gen/app.h"
#include "lmp.h"

/* Projects with user space in Wasm: gen-wasm-skel, build-wasm. */

#define PACKAGE "package.json"
#define PROGRAM "app.c"
#define HEADER "ewasm-skel.h"
#define INCLUDE "eunomia-include"
#define RESULT "app.wasm"

static const struct eu_option help_only[] = {
	{ 'h', "help", NULL, "print help", 0 },
	{ 0 },
};

/* gen-wasm-skel */

/* Of the build tree or of an installation, both beside the executable. */
static char *find_headers(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *path;

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (slash && asprintf(&path, "%.*s/../include/eunomia/wasm",
				      (int)(slash - self), self) >= 0) {
			if (!access(path, R_OK))
				return path;
			free(path);
		}
	}
	return strdup(EU_WASM_INCLUDE);
}

static int copy(const char *from, const char *name, struct eu_error *err)
{
	eu_auto_free char *source = eu_path_join(from, name);
	eu_auto_free char *to = eu_path_join(INCLUDE, name);
	eu_auto_free char *data = NULL;
	size_t len;
	int r;

	if (!source || !to)
		return eu_error_oom(err);
	r = eu_file_read(source, 16 << 20, &data, &len, err);
	return r ? r : eu_file_write(to, data, len, err);
}

static int copy_headers(struct eu_error *err)
{
	eu_auto_free char *from = find_headers();
	DIR *d = from ? opendir(from) : NULL;
	struct dirent *e;
	int r, n = 0;

	if (!d)
		return eu_error_set(
			err, -ENOENT,
			"cannot find the headers of guests ('%s'): install eunomia anew",
			from ?: "");
	r = lmp_make_dir(INCLUDE, err);
	while (!r && (e = readdir(d))) {
		if (!eu_ends_with(e->d_name, ".h"))
			continue;
		r = copy(from, e->d_name, err);
		n++;
	}
	closedir(d);
	if (!r && !n)
		return eu_error_set(err, -ENOENT, "no headers in '%s'", from);
	if (!r)
		lmp_progress("INCLUDE", INCLUDE "/");
	return r;
}

static int write_header(const struct eu_package *pkg,
			const struct program_file *f, struct eu_error *err)
{
	eu_auto_buf struct eu_buf b = EU_BUF(512u << 20);
	int r = eu_app_header(pkg, f->data, f->len, &b, err);

	r = r ?: eu_file_write(HEADER, b.data, b.len, err);
	if (!r)
		lmp_progress("GEN-WASM-SKEL", HEADER);
	return r;
}

/* Once: then it is the user's. */
static int write_program(const struct eu_package *pkg, struct eu_error *err)
{
	eu_auto_buf struct eu_buf b = EU_BUF(16 << 20);
	int r;

	if (!access(PROGRAM, F_OK)) {
		lmp_progress("KEPT", PROGRAM);
		return 0;
	}
	r = eu_app_write(pkg, &b, err);
	r = r ?: eu_file_write(PROGRAM, b.data, b.len, err);
	if (!r)
		lmp_progress("APP", PROGRAM);
	return r;
}

/* All that is written of a package, or the header alone. */
static int write_all(const char *path, bool header_only, struct eu_error *err)
{
	eu_auto_package struct eu_package *pkg = NULL;
	struct program_file f;
	int r;

	program_file_read(&f, path, NULL);
	if (f.failed)
		return eu_error_set(err, f.failed, "%s", f.err.text);
	r = eu_package_parse(f.data, f.len, f.path, NULL, &pkg, err);
	if (!r && !header_only)
		r = copy_headers(err);
	r = r ?: write_header(pkg, &f, err);
	if (!r && !header_only)
		r = write_program(pkg, err);
	program_file_done(&f);
	return r;
}

static int generate(const char *path, struct eu_error *err)
{
	eu_auto_free char *package = NULL;
	const char *slash;
	int r;

	if (!path || !eu_ends_with(path, ".bpf.c")) {
		r = path ? 0 : lmp_build_package(err);
		return r ? r : write_all(path ?: PACKAGE, false, err);
	}
	slash = strrchr(path, '/');
	if (asprintf(&package, "%.*s" PACKAGE,
		     slash ? (int)(slash + 1 - path) : 0, path) < 0) {
		package = NULL;
		return eu_error_oom(err);
	}
	r = lmp_build_source(path, err);
	return r ? r : write_all(package, false, err);
}

static int gen_wasm_skel(const struct eu_command *cmd, int argc, char **argv)
{
	const char *value[1] = { 0 }, *path = NULL;
	struct eu_error err = { 0 };
	int status = one_word(cmd, argc, argv, &path, value);

	if (status >= 0)
		return status;
	return generate(path, &err) ? fail(&err) : EXIT_DONE;
}

const struct eu_command lmp_gen_wasm_skel = {
	.name = "gen-wasm-skel",
	.usage = "[PACKAGE|FILE.bpf.c]",
	.summary = "write the user space of the package as a Wasm guest",
	.description =
		"Writes app.c, a program that prints each event as JSON and is yours to change: it is written once. What it includes is written anew each time: ewasm-skel.h, with the package as a C string, and eunomia-include/. PACKAGE is package.json here if none is given, which is built first where its source is newer; of FILE.bpf.c the package is built, too. app.c refuses arguments until you have it take some: options of 'lmp run' stand in front of app.wasm.",
	.examples = "lmp gen-wasm-skel && lmp build-wasm && lmp run app.wasm\n",
	.options = help_only,
	.run = gen_wasm_skel,
};

/* build-wasm */

#define TARGET "--target=wasm32-wasi"

enum { NO_SUCH = 127, MAX_FLAGS = 256 };

/*
 * Makes a Wasm program of nothing with @clang, which nobody reads. 0, its exit
 * status, or NO_SUCH.
 */
static int try_wasm(const char *clang)
{
	const char *const words[] = { clang, TARGET, "-Wl,--allow-undefined",
				      "-x",  "c",    "/dev/null",
				      "-o",  "-" };
	eu_auto_child struct eu_child c = EU_CHILD;
	eu_auto_argv struct eu_argv a = { 0 };
	int r;

	for (size_t i = 0; i < EU_COUNT(words); i++)
		eu_argv_add(&a, words[i]);
	r = eu_child_start(&c, &a, -1, NULL);
	return r ? NO_SUCH : eu_child_wait(&c);
}

/* That of a wasi-sdk if one is set; else the first that has all that it needs. */
static char *find_compiler(struct eu_error *err)
{
	const char *sdk = getenv("WASI_SDK_PATH"), *set = getenv("CLANG");
	char name[32], *path;
	int status;

	if (sdk && *sdk) {
		path = eu_path_join(sdk, "bin/clang");
		if (path && !try_wasm(path))
			return path;
		free(path);
		eu_error_set(
			err, -ENOENT,
			"WASI_SDK_PATH: '%s' is no wasi-sdk, its bin/clang makes no Wasm",
			sdk);
		return NULL;
	}
	if (set && *set) {
		status = try_wasm(set);
		if (status == NO_SUCH)
			eu_error_set(err, -ENOENT,
				     "CLANG: cannot find the compiler '%s'", set);
		if (!status || status == NO_SUCH)
			return status ? NULL : strdup(set);
	}
	for (int v = 0; v <= 16; v++) {
		/* "clang", then the newest first. */
		snprintf(name, sizeof(name), v ? "clang-%d" : "clang", 29 - v);
		if (!try_wasm(name))
			return strdup(name);
	}
	eu_error_set(
		err, -ENOENT,
		"no compiler for Wasm: install clang-16, lld-16, wasi-libc and libclang-rt-16-dev-wasm32, or set WASI_SDK_PATH");
	return NULL;
}

/* What $CFLAGS adds, word by word, to @argv up to @max. Returns how many. */
static size_t put_flags(char *flags, char **argv, size_t max)
{
	char *state, *word = strtok_r(flags, " \t\n", &state);
	size_t n = 0;

	for (; word && n < max; word = strtok_r(NULL, " \t\n", &state))
		argv[n++] = word;
	return n;
}

static int compile(struct eu_error *err)
{
	/* With its table exported it runs on other runtimes of the ABI, too. */
	static const char *const fixed[] = {
		TARGET,
		"-O2",
		"-Wall",
		"-I" INCLUDE,
		/* Not -s: see docs/wasm.md. */
		"-Wl,--allow-undefined,--strip-debug",
		"-Wl,--export-table",
		"-Wl,--stack-first,-z,stack-size=262144",
	};
	eu_auto_free char *clang = NULL;
	eu_auto_free char *flags = strdup(getenv("CFLAGS") ?: "");
	char *argv[MAX_FLAGS + EU_COUNT(fixed) + 5];
	size_t n = 0;

	clang = find_compiler(err);
	if (!clang || !flags)
		return flags ? err->code : eu_error_oom(err);
	argv[n++] = clang;
	for (size_t i = 0; i < EU_COUNT(fixed); i++)
		argv[n++] = (char *)fixed[i];
	n += put_flags(flags, argv + n, MAX_FLAGS);
	argv[n++] = (char *)"-o";
	argv[n++] = (char *)RESULT;
	argv[n++] = (char *)PROGRAM;
	argv[n] = NULL;
	if (lmp_shows_commands()) {
		for (size_t i = 0; argv[i]; i++)
			printf("%s%s", i ? " " : "", argv[i]);
		puts("");
	}
	lmp_progress("BUILD-WASM", RESULT);
	if (lmp_run_child(argv))
		return eu_error_set(err, -EINVAL, "'" PROGRAM "' was not built");
	puts("build " RESULT " success");
	return 0;
}

/* With the header of the package as it is now. */
static int build_program(struct eu_error *err)
{
	int r = 0;

	if (access(PROGRAM, F_OK))
		return eu_error_set(err, -ENOENT,
				    "no " PROGRAM
				    " here: 'lmp gen-wasm-skel' writes one");
	if (lmp_is_newer(PACKAGE, HEADER))
		r = write_all(PACKAGE, true, err);
	return r ? r : compile(err);
}

static int build_wasm(const struct eu_command *cmd, int argc, char **argv)
{
	const char *value[1] = { 0 }, *word = NULL;
	struct eu_error err = { 0 };
	int status = one_word(cmd, argc, argv, &word, value);

	if (status >= 0)
		return status;
	if (word) {
		eu_error_set(&err, -EINVAL, "unexpected argument '%s'", word);
		return fail_usage(cmd, &err);
	}
	return build_program(&err) ? fail(&err) : EXIT_DONE;
}

const struct eu_command lmp_build_wasm = {
	.name = "build-wasm",
	.usage = "",
	.summary = "compile app.c to app.wasm",
	.description =
		"Compiles app.c, which gen-wasm-skel has written, to app.wasm: with the wasi-sdk of WASI_SDK_PATH, or the first of $CLANG, clang and clang-N that has lld, wasi-libc and compiler-rt's builtins for wasm32. What CFLAGS in the environment has is added. Where package.json is newer than ewasm-skel.h, that is written anew. V=1 in the environment shows the command.",
	.options = help_only,
	.run = build_wasm,
};
