/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "source.h"

/* Up to @max words; of @from and @value, NULL: there are no such options. */
static int read_words(const struct eu_command *cmd, int argc, char **argv,
		      const char *list[], size_t max, size_t *n,
		      const char *value[], struct source *from)
{
	struct eu_args args = { .argv = argv, .argc = argc, .next = 1 };
	const struct eu_option *o = cmd->options;
	struct eu_error err;
	int i;

	while ((i = eu_args_next(&args, o, &err)) != EU_ARGS_END) {
		if (i >= 0 && !strcmp(o[i].name, "help"))
			return show_help(cmd);
		if (i >= 0 && source_has(o[i].id)) {
			if (source_option(from, o[i].id, args.value, &err))
				return fail_usage(cmd, &err);
			continue;
		}
		if (i >= 0) {
			value[o[i].id] = args.value ?: "";
			continue;
		}
		if (i == EU_ARGS_WORD && *n == max)
			i = max > 1 ? eu_error_set(&err, -E2BIG,
						   "more than %zu words", max) :
				      eu_error_set(&err, -EINVAL,
						   "unexpected argument '%s'",
						   args.value);
		if (i != EU_ARGS_WORD)
			return fail_usage(cmd, &err);
		list[(*n)++] = args.value;
	}
	return -1;
}

int one_program(const struct eu_command *cmd, int argc, char **argv,
		const char **ret_word, const char *value[], struct source *from)
{
	size_t n = 0;

	return read_words(cmd, argc, argv, ret_word, 1, &n, value, from);
}

int one_word(const struct eu_command *cmd, int argc, char **argv,
	     const char **ret_word, const char *value[])
{
	return one_program(cmd, argc, argv, ret_word, value, NULL);
}

int several_words(const struct eu_command *cmd, int argc, char **argv,
		  struct word_list *ret, const char *value[])
{
	return read_words(cmd, argc, argv, ret->list, WORDS_MAX, &ret->n, value,
			  NULL);
}

int wrong_words(const struct eu_command *cmd, const char *why)
{
	struct eu_error err;

	eu_error_set(&err, -EINVAL, "%s", why);
	return fail_usage(cmd, &err);
}
