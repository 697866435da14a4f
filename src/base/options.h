/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_OPTIONS_H
#define EU_BASE_OPTIONS_H

/*
 * Command lines from tables. A table is an array of struct eu_option that
 * ends with an empty one; --help, the man page and shell completion come out
 * of the same table.
 *
 *	while ((i = eu_args_next(&args, table, err)) >= 0)
 *		switch (table[i].id) ...
 *
 * Accepted forms: --name value, --name=value, -n value, -nvalue, clusters of
 * letters (-vj), and "--" which ends options. A long name may be cut as long
 * as it is unambiguous, and '-' and '_' are the same in it. What is an option
 * of the table itself is nobody's value. Where two entries have the same name
 * the first wins.
 */

#include "base/buf.h"
#include "base/error.h"

struct eu_option {
	char letter;	  /* or 0 */
	const char *name; /* without dashes */
	const char *arg;  /* name of its value ("FILE"), NULL: takes none */
	const char *help; /* NULL: not listed */
	int id;		  /* the owner's */
};

struct eu_args {
	char **argv;
	int argc;
	int next;	     /* index of the next word */
	bool ended;	     /* after "--" */
	const char *letters; /* rest of a cluster */
	const char *value;   /* of the option, or the word */
};

enum { EU_ARGS_WORD = -1, EU_ARGS_END = -2 };

/*
 * The next option's index in @table with its value in @args->value;
 * EU_ARGS_WORD for a word that is no option (in @args->value);
 * EU_ARGS_END; or -EINVAL with @err for an unknown option, a missing or
 * superfluous value. "-" and negative numbers are words.
 */
int eu_args_next(struct eu_args *args, const struct eu_option *table,
		 struct eu_error *err);

/* "  -j, --json       help" for each, help wrapped at 79 columns. */
void eu_options_help(const struct eu_option *table, struct eu_buf *out);

/*
 * A command and all that its help, man page and completion need. Usage and
 * description are plain text; the examples are lines "COMMAND  # what it does".
 */
struct eu_command {
	const char *name;
	const char *usage;   /* behind the program's name: "[OPTIONS] FILE" */
	const char *summary; /* one line, lower case */
	const char *description; /* paragraphs, or NULL */
	const char *examples;	 /* lines, or NULL */
	const struct eu_option *options;
	int (*run)(const struct eu_command *cmd, int argc, char **argv);
	bool names; /* of the words that 'names' prints it takes some */
};

/* An executable: its commands (a NULL ends them), or one that has no name. */
struct eu_tool {
	const char *name;
	const char *summary;
	const struct eu_command *const *commands;
	const struct eu_command *otherwise; /* a first word that is none */
};

/* The full --help text of @cmd run as "@program NAME". */
void eu_command_help(const struct eu_command *cmd, const char *program,
		     struct eu_buf *out);

#endif
