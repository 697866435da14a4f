/* SPDX-License-Identifier: MIT */
#include "ecc.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cc/compile.h"
#include "cc/vmlinux.h"

enum {
	OPT_ARCH,
	OPT_BTFGEN,
	OPT_BTFHUB,
	OPT_CFLAG,
	OPT_CLANG,
	OPT_HEADER_ONLY,
	OPT_HELP,
	OPT_NO_PACKAGE,
	OPT_OUTPUT,
	OPT_STRIP,
	OPT_VERBOSE,
	OPT_VERSION,
	OPT_VMLINUX,
	OPT_YAML,
};

enum { MAX_FLAGS = 1024, MAX_ARCHS = 16 };

static const struct eu_option options[] = {
	{ 'o', "output-path", "DIR",
	  "put the files there; default: beside the source", OPT_OUTPUT },
	{ 'y', "yaml", NULL, "write NAME.skel.yaml and package.yaml", OPT_YAML },
	{ 'n', "no-generate-package-json", NULL, "write no package.json",
	  OPT_NO_PACKAGE },
	{ 0, "header-only", NULL,
	  "SOURCE is a header: only an object with its structs' types",
	  OPT_HEADER_ONLY },
	{ 'a', "additional-cflags", "FLAG",
	  "one more flag for clang, as in -a=-DDEBUG; repeatable", OPT_CFLAG },
	{ 'c', "clang-bin", "FILE",
	  "compiler; default: $CLANG, clang, or the newest clang-N", OPT_CLANG },
	{ 'l', "llvm-strip-bin", "FILE",
	  "have that tool strip the object; needed by no one", OPT_STRIP },
	{ 0, "arch", "LIST",
	  "x86, arm64, arm, riscv, s390; several, separated by commas, go into one package; default: this machine's",
	  OPT_ARCH },
	{ 'b', "btfgen", NULL,
	  "write NAME.tar too: the package with what it needs of the BTF of kernels that have none",
	  OPT_BTFGEN },
	{ 0, "btfhub-archive", "DIR",
	  "where these are, laid out as BTFHub's archive; default: btfhub-archive in $EUNOMIA_HOME or the data directory",
	  OPT_BTFHUB },
	{ 0, "vmlinux", "WHICH",
	  "kernel types: a version that is installed (6.1), a file, or 'running'; default: the newest version",
	  OPT_VMLINUX },
	{ 'v', "verbose", NULL, "show the commands that are run", OPT_VERBOSE },
	{ 'h', "help", NULL, "show this text", OPT_HELP },
	{ 'V', "version", NULL, "show the version", OPT_VERSION },
	{ 0 }
};

static const char description[] =
	"Compiles a BPF program in C into NAME.bpf.o, NAME.skel.json and "
	"package.json, which 'ecli run' takes. NAME is SOURCE's up to its first "
	"dot. The structs that HEADER defines, or those of them with @export in "
	"their comments, are the types of the program's events.";

static const char examples[] =
	"ecc bootstrap.bpf.c bootstrap.h      # then: ecli run package.json\n"
	"ecc -o /tmp hello.bpf.c              # no events: prints only\n"
	"ecc --arch x86,arm64 opensnoop.bpf.c opensnoop.h\n"
	"ecc --vmlinux 6.1 -a=-DDEBUG old.bpf.c";

static int run(const struct eu_command *cmd, int argc, char **argv);

static const struct eu_command command = {
	.name = "",
	.usage = "[OPTIONS] SOURCE [HEADER]",
	.summary = "compile a BPF program into a package",
	.description = description,
	.examples = examples,
	.options = options,
	.run = run,
};

static const struct eu_tool tool = {
	"ecc",
	"compile BPF programs into packages",
	NULL,
	&command,
};

const struct eu_tool *tool_find(const char *path)
{
	(void)path;
	return &tool;
}

/* What the command line asks for. */
struct request {
	struct eu_compile compile;
	struct ecc_output output;
	bool header_only, verbose, btfgen;
	char *flags[MAX_FLAGS];
	const char *archs[MAX_ARCHS];
	struct eu_error *err;
};

static const struct {
	const char *name, *arch;
} arch_names[] = {
	{ "x86", "x86" },     { "x86_64", "x86" },    { "amd64", "x86" },
	{ "arm64", "arm64" }, { "aarch64", "arm64" }, { "arm", "arm" },
	{ "riscv", "riscv" }, { "riscv64", "riscv" }, { "s390", "s390" },
	{ "s390x", "s390" },
};

static int add_arch(struct request *q, const char *name)
{
	const char *arch = NULL;

	for (size_t i = 0; i < EU_COUNT(arch_names); i++)
		if (!strcmp(arch_names[i].name, name))
			arch = arch_names[i].arch;
	if (!arch)
		return eu_error_set(
			q->err, -EINVAL,
			"unknown architecture '%s': x86, arm64, arm, riscv or s390",
			name);
	for (size_t i = 0; i < q->compile.n_archs; i++)
		if (!strcmp(q->archs[i], arch))
			return 0;
	q->archs[q->compile.n_archs++] = arch;
	return 0;
}

/* A list with commas; its text stays the command line's. */
static int add_archs(struct request *q, const char *list)
{
	char name[32];
	size_t n;
	int r = 0;

	for (; !r && *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		snprintf(name, sizeof(name), "%.*s", (int)n, list);
		r = add_arch(q, name);
	}
	return r;
}

static int add_word(struct request *q, const char *word)
{
	if (!strcmp(word, "-"))
		return eu_error_set(
			q->err, -EINVAL,
			"a source from standard input is not supported: give a file");
	if (!q->compile.source)
		q->compile.source = word;
	else if (!q->compile.header)
		q->compile.header = word;
	else
		return eu_error_set(q->err, -EINVAL,
				    "'%s' is one file too many", word);
	return 0;
}

static int add_flag(struct request *q, const char *flag)
{
	if (q->compile.n_flags == MAX_FLAGS)
		return eu_error_set(q->err, -E2BIG, "more than %d flags",
				    MAX_FLAGS);
	q->flags[q->compile.n_flags++] = (char *)flag;
	return 0;
}

static int take_option(struct request *q, int id, const char *value)
{
	switch (id) {
	case OPT_ARCH: return add_archs(q, value);
	case OPT_BTFGEN: q->btfgen = true; return 0;
	case OPT_BTFHUB: q->output.btfs = value; return 0;
	case OPT_CFLAG: return add_flag(q, value);
	case OPT_CLANG: q->compile.clang = value; return 0;
	case OPT_HEADER_ONLY: q->header_only = true; return 0;
	case OPT_NO_PACKAGE: q->output.package = false; return 0;
	case OPT_OUTPUT: q->output.dir = value; return 0;
	case OPT_STRIP: q->compile.strip = value; return 0;
	case OPT_VERBOSE: q->verbose = true; return 0;
	case OPT_VMLINUX: q->compile.vmlinux = value; return 0;
	case OPT_YAML: q->output.yaml = true; return 0;
	}
	return -EINVAL;
}

static int check(struct request *q)
{
	if (!q->compile.source)
		return eu_error_set(q->err, -EINVAL, "which source?");
	if (q->header_only && q->compile.header)
		return eu_error_set(q->err, -EINVAL,
				    "--header-only takes one file");
	if (q->btfgen && (!q->output.package || q->output.yaml))
		return eu_error_set(q->err, -EINVAL,
				    "-b archives package.json: not with -n or -y");
	if (q->header_only)
		q->compile.header = q->compile.source;
	if (!q->compile.n_archs)
		q->archs[q->compile.n_archs++] = eu_arch_host();
	q->compile.archs = q->archs;
	q->compile.flags = q->flags;
	return 0;
}

static void put(int fd, const char *text, size_t len)
{
	/* A terminal that is gone is no reason to fail. */
	(void)!eu_write_all(fd, text, len);
}

static void relay(const char *text, size_t len)
{
	put(STDERR_FILENO, text, len);
}

static void say(const char *line)
{
	fprintf(stderr, "ecc: %s\n", line);
}

static void show(const char *line)
{
	fprintf(stderr, "$ %s\n", line);
}

static int fail(const struct eu_error *err)
{
	say(err->text);
	return EXIT_FAILED;
}

static int fail_usage(const struct eu_error *err)
{
	say(err->text);
	say("'ecc --help' explains all options");
	return EXIT_USAGE;
}

static int show_help(const struct eu_command *cmd)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 16);

	eu_command_help(cmd, "ecc", &b);
	put(STDOUT_FILENO, b.data, b.len);
	return EXIT_DONE;
}

static int compile(struct request *q)
{
	eu_auto_package struct eu_package *pkg = NULL;
	eu_auto_free char *name = eu_compile_name(q->compile.source);
	eu_auto_free char *dir = NULL, *btfs = NULL;
	const char *slash = strrchr(q->compile.source, '/');

	dir = strndup(q->compile.source,
		      slash ? slash - q->compile.source +
				      (slash == q->compile.source) :
			      0);
	if (!name || !dir) {
		eu_error_oom(q->err);
		return fail(q->err);
	}
	q->output.name = name;
	q->output.dir = q->output.dir ?: dir;
	if (*q->output.dir && access(q->output.dir, W_OK | X_OK)) {
		eu_error_set(q->err, -errno, "cannot write into '%s': %s",
			     q->output.dir, strerror(errno));
		return fail(q->err);
	}
	if (q->btfgen && !q->output.btfs) {
		q->output.btfs = btfs = eu_data_dir("btfhub-archive");
		if (!btfs) {
			eu_error_set(
				q->err, -ENOENT,
				"-b needs a copy of BTFHub's archive: --btfhub-archive DIR");
			return fail(q->err);
		}
	}
	if (!q->btfgen)
		q->output.btfs = NULL;
	q->compile.say = say;
	q->compile.command = q->verbose ? show : NULL;
	q->compile.relay = relay;
	q->compile.color = isatty(STDERR_FILENO);
	if (eu_compile(&q->compile, &pkg, q->err) ||
	    ecc_write(&q->output, pkg, q->err))
		return fail(q->err);
	return EXIT_DONE;
}

static int run(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_args args = { .argv = argv, .argc = argc, .next = 1 };
	struct eu_error err = { 0 };
	struct request q = { .output.package = true, .err = &err };
	int i, r = 0;

	/* What libbpf has to say about an object is in the error. */
	libbpf_set_print(NULL);
	while (!r && (i = eu_args_next(&args, options, &err)) != EU_ARGS_END) {
		if (i == EU_ARGS_WORD)
			r = add_word(&q, args.value);
		else if (i < 0)
			r = i;
		else if (options[i].id == OPT_HELP)
			return show_help(cmd);
		else if (options[i].id == OPT_VERSION)
			return printf("ecc %s\n", EU_VERSION) < 0;
		else
			r = take_option(&q, options[i].id, args.value);
	}
	if (!r)
		r = check(&q);
	return r ? fail_usage(&err) : compile(&q);
}
