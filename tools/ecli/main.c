/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "ecli.h"

const char *program_name;

/* The names that users know, and the commands behind each. */
static const struct eu_command *const ecli_commands[] = {
	&command_run, &command_check, NULL,
};

static const struct eu_command *const lmp_commands[] = {
	&lmp_init, &lmp_build, &lmp_run, &command_check, NULL,
};

static const struct personality {
	const char *name;
	const char *summary;
	const struct eu_command *const *commands;
	const struct eu_command *bare;	/* a first word that is no command */
} personalities[] = {
	{ "ecli", "run eBPF packages", ecli_commands, &command_run },
	{ "lmp", "make, build and run eBPF programs", lmp_commands, NULL },
};

void put(const char *text)
{
	eu_write_all(STDOUT_FILENO, text, strlen(text));
}

int fail(const struct eu_error *err)
{
	fprintf(stderr, "%s: %s\n", program_name, err->text);
	return EXIT_FAILED;
}

int fail_usage(const struct eu_command *cmd, const struct eu_error *err)
{
	fprintf(stderr, "%s: %s\n", program_name, err->text);
	fprintf(stderr, "Try '%s %s --help'.\n", program_name, cmd->name);
	return EXIT_USAGE;
}

int show_help(const struct eu_command *cmd)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 20);

	eu_command_help(cmd, program_name, &b);
	put(eu_buf_str(&b) ?: "");
	return EXIT_DONE;
}

static void list_commands(const struct personality *me, struct eu_buf *b)
{
	eu_buf_printf(b, "Usage: %s COMMAND [ARGUMENTS]\n", me->name);
	if (me->bare)
		eu_buf_printf(b, "       %s PROGRAM [ARGUMENTS]\n", me->name);
	eu_buf_printf(b, "\n%s %s: %s.\n\nCommands:\n", me->name, eu_version(),
		      me->summary);
	for (size_t i = 0; me->commands[i]; i++)
		eu_buf_printf(b, "  %-10s %s\n", me->commands[i]->name,
			      me->commands[i]->summary);
	eu_buf_printf(b, "\n'%s COMMAND --help' explains each.\n", me->name);
}

static int usage(const struct personality *me, int status)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 16);

	list_commands(me, &b);
	eu_write_all(status ? STDERR_FILENO : STDOUT_FILENO, b.data, b.len);
	return status;
}

static const struct personality *find_personality(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < EU_COUNT(personalities); i++)
		if (!strcmp(personalities[i].name, name))
			return &personalities[i];
	return &personalities[0];
}

int main(int argc, char **argv)
{
	const struct personality *me = find_personality(argc ? argv[0] : "");
	const char *word = argc > 1 ? argv[1] : NULL;

	program_name = me->name;
	/* A reader that goes away is seen by write(2). */
	signal(SIGPIPE, SIG_IGN);
	if (!word)
		return usage(me, EXIT_USAGE);
	if (!strcmp(word, "-h") || !strcmp(word, "--help") ||
	    !strcmp(word, "help"))
		return usage(me, EXIT_DONE);
	if (!strcmp(word, "-V") || !strcmp(word, "--version")) {
		printf("%s %s\n", me->name, eu_version());
		return EXIT_DONE;
	}
	for (size_t i = 0; me->commands[i]; i++)
		if (!strcmp(me->commands[i]->name, word))
			return me->commands[i]->run(me->commands[i], argc - 1,
						    argv + 1);
	if (me->bare)
		return me->bare->run(me->bare, argc, argv);
	fprintf(stderr, "%s: unknown command '%s'\n", me->name, word);
	return usage(me, EXIT_USAGE);
}
