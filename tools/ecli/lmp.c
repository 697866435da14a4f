/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "lmp.h"

/* The commands that ecli has under the name of lmp: init, build, run. */

int lmp_run_child(char *const *argv)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* A program that stands beside this one, else the one in PATH. */
static char *beside(const char *name)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *path;

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (slash && asprintf(&path, "%.*s/%s", (int)(slash - self),
				      self, name) >= 0) {
			if (!access(path, X_OK))
				return path;
			free(path);
		}
	}
	return strdup(name);
}

/* init */

extern const char template_bpf_c[], template_bpf_c_end[], template_bpf_h[],
	template_bpf_h_end[], template_config[], template_config_end[],
	template_gitignore[], template_gitignore_end[], template_publish[],
	template_publish_end[], template_readme[], template_readme_end[];

/* @from is written as @to, a NULL @to as the project's name. */
static const struct {
	const char *path, *data, *end;
	const char *from, *to;
} template_files[] = {
	{ "bootstrap.bpf.c", template_bpf_c, template_bpf_c_end,
	  "\"bootstrap.h\"", "\"bootstrap.bpf.h\"" },
	{ "bootstrap.bpf.h", template_bpf_h, template_bpf_h_end, "", "" },
	{ "config.json", template_config, template_config_end, "@name@", NULL },
	{ ".gitignore", template_gitignore, template_gitignore_end, "", "" },
	{ "README.md", template_readme, template_readme_end, "", "" },
	{ ".github/workflows/publish.yml", template_publish,
	  template_publish_end, "", "" },
};

static int write_template(const char *dir, const char *name, size_t i,
			  struct eu_error *err)
{
	const char *data = template_files[i].data, *end = template_files[i].end;
	const char *from = template_files[i].from, *at;
	eu_auto_free char *path = eu_path_join(dir, template_files[i].path);
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 20);

	if (!path)
		return eu_error_oom(err);
	at = *from ? memmem(data, end - data, from, strlen(from)) : NULL;
	if (at) {
		eu_buf_put(&b, data, at - data);
		eu_buf_puts(&b, template_files[i].to ?: name);
		data = at + strlen(from);
	}
	eu_buf_put(&b, data, end - data);
	return eu_file_write(path, b.data, b.len, err);
}

int lmp_make_dir(const char *path, struct eu_error *err)
{
	if (mkdir(path, 0777) && errno != EEXIST)
		return eu_error_set(err, -errno, "cannot make folder '%s': %s",
				    path, strerror(errno));
	return 0;
}

/* Nothing of the user's is overwritten. */
static int check_empty(const char *dir, struct eu_error *err)
{
	for (size_t i = 0; i < EU_COUNT(template_files); i++) {
		eu_auto_free char *path = eu_path_join(dir,
						       template_files[i].path);

		if (path && !access(path, F_OK))
			return eu_error_set(
				err, -EEXIST,
				"'%s' exists already: nothing was written", path);
	}
	return 0;
}

static int init_git(const char *dir)
{
	char *argv[] = { (char *)"git",	 (char *)"-C", (char *)dir,
			 (char *)"init", (char *)"-q", NULL };

	return lmp_run_child(argv);
}

/* The folder's last part; here, the template's own name. */
static char *project_name(const char *dir)
{
	size_t end = strlen(dir), start;

	while (end > 1 && dir[end - 1] == '/')
		end--;
	for (start = end; start && dir[start - 1] != '/'; start--)
		;
	if (end - start == 1 && dir[start] == '.')
		return strdup("bootstrap");
	return strndup(dir + start, end - start);
}

/* Is there nothing in it, or not even the folder? */
static bool is_new(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool empty = true;

	while (d && empty && (e = readdir(d)))
		empty = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	return empty;
}

/* Is the folder, or one above it, a repository? */
static bool in_repository(const char *dir)
{
	eu_auto_free char *at = realpath(dir, NULL);
	char *slash;

	while (at && *at) {
		eu_auto_free char *git = eu_path_join(at, ".git");

		if (git && !access(git, F_OK))
			return true;
		slash = strrchr(at, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	return false;
}

static int make_project(const char *dir, struct eu_error *err)
{
	const bool fresh = is_new(dir);
	eu_auto_free char *name = project_name(dir);
	eu_auto_free char *github = eu_path_join(dir, ".github");
	eu_auto_free char *flows = eu_path_join(dir, ".github/workflows");
	int r;

	if (!name || !github || !flows)
		return eu_error_oom(err);
	r = lmp_make_dir(dir, err);
	if (!r)
		r = check_empty(dir, err);
	if (!r)
		r = lmp_make_dir(github, err);
	if (!r)
		r = lmp_make_dir(flows, err);
	for (size_t i = 0; i < EU_COUNT(template_files) && !r; i++) {
		r = write_template(dir, name, i, err);
		/* Among files of the user's they are not seen at once. */
		if (!r && !fresh)
			printf("  %s\n", template_files[i].path);
	}
	if (!r && fresh && !in_repository(dir) && init_git(dir))
		fprintf(stderr,
			"%s: git is not installed: no repository was made\n",
			program_name);
	return r;
}

enum { OPT_HELP, OPT_VERBOSE };

static const struct eu_option help_only[] = {
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static int init(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_args args = { .argv = argv, .argc = argc, .next = 1 };
	const char *dir = NULL;
	struct eu_error err = { 0 };
	int i;

	while ((i = eu_args_next(&args, cmd->options, &err)) != EU_ARGS_END) {
		if (i >= 0)
			return show_help(cmd);
		if (i == EU_ARGS_WORD && !dir) {
			dir = args.value;
			continue;
		}
		if (i == EU_ARGS_WORD)
			eu_error_set(&err, -EINVAL, "unexpected argument '%s'",
				     args.value);
		return fail_usage(cmd, &err);
	}
	dir = dir ? dir : ".";
	if (make_project(dir, &err))
		return fail(&err);
	printf("the template is in place: %s; go on with 'lmp build' there\n",
	       dir);
	return EXIT_DONE;
}

const struct eu_command lmp_init = {
	.name = "init",
	.usage = "[FOLDER]",
	.summary = "make a new project from the built-in template",
	.description =
		"Writes a program that traces processes into FOLDER (default: here). A new folder becomes a git repository, unless it lies in one; of what is added to others there is a list. Existing files are never overwritten.",
	.examples = "lmp init hello && cd hello && lmp build",
	.options = help_only,
	.run = init,
};

/* build */

/* The only *.bpf.c of the folder. */
static int find_source(char **ret, struct eu_error *err)
{
	DIR *d = opendir(".");
	eu_auto_free char *found = NULL;
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d))) {
		if (!eu_ends_with(e->d_name, ".bpf.c"))
			continue;
		n++;
		free(found);
		found = strdup(e->d_name);
	}
	if (d)
		closedir(d);
	if (!n)
		return eu_error_set(
			err, -ENOENT,
			"no *.bpf.c here: 'lmp init NAME' makes a project");
	if (n > 1)
		return eu_error_set(err, -EINVAL,
				    "%d files *.bpf.c here: name one of them", n);
	*ret = eu_take_ptr(found);
	return *ret ? 0 : eu_error_oom(err);
}

/* NAME.bpf.h holds the exported types; without it NAME.h; NULL: neither. */
static char *find_header(const char *source)
{
	static const char *const ends[] = { ".bpf.h", ".h" };
	size_t n = strlen(source) - strlen(".bpf.c");
	char *path;

	for (size_t i = 0; i < EU_COUNT(ends); i++) {
		if (asprintf(&path, "%.*s%s", (int)n, source, ends[i]) < 0)
			return NULL;
		if (!access(path, R_OK))
			return path;
		free(path);
	}
	return NULL;
}

void lmp_progress(const char *what, const char *path)
{
	printf("  %-8s %s\n", what, path);
	fflush(stdout);
}

bool lmp_shows_commands(void)
{
	const char *v = getenv("V");

	return v && !strcmp(v, "1");
}

/* The same of what is made of a source, with another end. */
static void progress_of(const char *what, const char *source, const char *end)
{
	char path[4096];

	snprintf(path, sizeof(path), "%.*s%s",
		 (int)(strlen(source) - strlen(".bpf.c")), source, end);
	lmp_progress(what, path);
}

int lmp_build_source(const char *source, struct eu_error *err)
{
	eu_auto_free char *header = find_header(source);
	eu_auto_free char *ecc = beside("ecc");
	char *argv[] = { ecc, (char *)source, header, NULL };
	int status;

	if (!ecc)
		return eu_error_oom(err);
	if (lmp_shows_commands())
		printf("%s %s %s\n", ecc, source, header ?: "");
	progress_of("BPF", source, ".bpf.o");
	status = lmp_run_child(argv);
	if (status == 127)
		return eu_error_set(err, -ENOENT,
				    "cannot run '%s': is ecc installed?", ecc);
	if (status)
		return eu_error_set(err, -EINVAL, "'%s' was not built", source);
	progress_of("GEN-SKEL", source, ".skel.json");
	lmp_progress("PACKAGE", "package.json");
	return 0;
}

bool lmp_is_newer(const char *path, const char *than)
{
	struct stat a, b;

	if (!path || stat(path, &a) || stat(than, &b))
		return false;
	return a.st_mtim.tv_sec != b.st_mtim.tv_sec ?
		       a.st_mtim.tv_sec > b.st_mtim.tv_sec :
		       a.st_mtim.tv_nsec > b.st_mtim.tv_nsec;
}

int lmp_build_package(struct eu_error *err)
{
	eu_auto_free char *source = NULL, *header = NULL;
	bool there = !access("package.json", F_OK);
	int r = find_source(&source, err);

	if (r)
		return r == -ENOENT && there ? 0 : r;
	header = find_header(source);
	if (there && !lmp_is_newer(source, "package.json") &&
	    !lmp_is_newer(header, "package.json"))
		return 0;
	return lmp_build_source(source, err);
}

static int build(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_args args = { .argv = argv, .argc = argc, .next = 1 };
	eu_auto_free char *source = NULL;
	struct eu_error err = { 0 };
	int i;

	while ((i = eu_args_next(&args, cmd->options, &err)) != EU_ARGS_END) {
		if (i >= 0)
			return show_help(cmd);
		if (i != EU_ARGS_WORD)
			return fail_usage(cmd, &err);
		if (!eu_ends_with(args.value, ".bpf.c") || source) {
			eu_error_set(&err, -EINVAL,
				     "'%s': give one file *.bpf.c", args.value);
			return fail_usage(cmd, &err);
		}
		source = strdup(args.value);
	}
	if (!source && find_source(&source, &err))
		return fail(&err);
	return lmp_build_source(source, &err) ? fail(&err) : EXIT_DONE;
}

const struct eu_command lmp_build = {
	.name = "build",
	.usage = "[FILE.bpf.c]",
	.summary = "compile the program here to package.json",
	.description =
		"Compiles FILE.bpf.c (default: the only one here) with the event types of FILE.bpf.h, or else FILE.h, to package.json. V=1 in the environment shows the command.",
	.options = help_only,
	.run = build,
};

/* run */

bool lmp_will_ask(void)
{
	return geteuid() && isatty(STDIN_FILENO);
}

/* Programs are loaded by root: ask for that where somebody can answer. */
static void become_root(int argc, char **argv)
{
	eu_auto_free char *self = beside("lmp");
	char **again;

	if (!lmp_will_ask() || !self)
		return;
	again = calloc(argc + 4, sizeof(*again));
	if (!again)
		return;
	again[0] = (char *)"sudo";
	again[1] = (char *)"--";
	again[2] = self;
	memcpy(again + 3, argv, argc * sizeof(*again));
	execvp(again[0], again);
	free(again);
}

int lmp_run_program(const struct eu_command *cmd, int argc, char **argv,
		    struct program_file *f)
{
	struct run_opts o = {
		.ready_fd = -1,
		.format = "compact",
		.announce = true,
		.path = "package.json",
		.file = f,
	};

	become_root(argc, argv);
	return run_any(cmd, &o, argc, argv);
}
