/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "base/file.h"
#include "ecli.h"

static void list_commands(const struct eu_tool *me, struct eu_buf *b)
{
	size_t width = 10;

	eu_buf_printf(b, "Usage: %s COMMAND [ARGUMENTS]\n", me->name);
	if (me->otherwise)
		eu_buf_printf(b, "       %s PROGRAM [ARGUMENTS]\n", me->name);
	eu_buf_printf(b, "\n%s %s: %s.\n\nCommands:\n", me->name, eu_version(),
		      me->summary);
	for (size_t i = 0; me->commands[i]; i++)
		width = eu_max(width, strlen(me->commands[i]->name));
	for (size_t i = 0; me->commands[i]; i++)
		eu_buf_printf(b, "  %-*s %s\n", (int)width,
			      me->commands[i]->name, me->commands[i]->summary);
	eu_buf_printf(b, "\n'%s COMMAND --help' explains each.\n", me->name);
}

static int usage(const struct eu_tool *me, int status)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 16);

	list_commands(me, &b);
	eu_write_all(status ? STDERR_FILENO : STDOUT_FILENO, b.data, b.len);
	return status;
}

static int version(const struct eu_tool *me)
{
	printf("%s %s\n", me->name, eu_version());
	return EXIT_DONE;
}

static int unknown(const struct eu_tool *me, const char *word)
{
	struct eu_error err;

	command_unknown(word, &err);
	fail(&err);
	fprintf(stderr, "Try '%s --help'.\n", me->name);
	return EXIT_USAGE;
}

/* "help", "help COMMAND". */
static int help(const struct eu_tool *me, const char *word)
{
	const struct eu_command *cmd = word ? command_find(word) : NULL;

	return cmd  ? show_help(cmd) :
	       word ? unknown(me, word) :
		      usage(me, EXIT_DONE);
}

static bool is_file(const char *path)
{
	return !access(path, F_OK);
}

/*
 * What is opened next would take the place of a standard descriptor that is
 * closed, and our output would go there. Writing to this one fails.
 */
static void keep_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	eu_close(fd);
}

int main(int argc, char **argv)
{
	const struct eu_tool *me = tool_find(argc ? argv[0] : "");
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct eu_command *cmd;

	program_name = me->name;
	keep_standard_fds();
	/* Its words come back in errors; on their own they confuse. */
	libbpf_set_print(NULL);
	/* A reader that goes away is seen by write(2). */
	signal(SIGPIPE, SIG_IGN);
	/* One that has no commands. */
	if (!me->commands)
		return me->otherwise->run(me->otherwise, argc, argv);
	if (!word)
		return usage(me, EXIT_USAGE);
	if (!strcmp(word, "-h") || !strcmp(word, "--help"))
		return usage(me, EXIT_DONE);
	if (!strcmp(word, "-V") || !strcmp(word, "--version"))
		return version(me);
	cmd = command_find(word);
	if (cmd)
		return cmd->run(cmd, argc - 1, argv + 1);
	/* What is said like a command, where there is no such file. */
	if (!is_file(word)) {
		if (!strcmp(word, "version"))
			return version(me);
		if (!strcmp(word, "help"))
			return help(me, argc > 2 ? argv[2] : NULL);
	}
	if (me->otherwise &&
	    (*word == '-' || is_file(word) || strpbrk(word, "./")))
		return me->otherwise->run(me->otherwise, argc, argv);
	return unknown(me, word);
}
