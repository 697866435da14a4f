/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "ecli.h"

const char *program_name;

void put(const char *text)
{
	eu_write_all(STDOUT_FILENO, text, strlen(text));
}

static void add_foreign(struct eu_buf *b, const char *text)
{
	for (const char *c = text; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n' && *c != '\t') ||
		    *c == 0x7f)
			eu_buf_printf(b, "\\x%02x", *c);
		else
			eu_buf_putc(b, *c);
}

void put_foreign(const char *text)
{
	eu_auto_buf struct eu_buf b = EU_BUF(64 << 20);

	add_foreign(&b, text);
	put(eu_buf_str(&b) ?: "");
}

void put_error(const struct eu_error *err, const char *more)
{
	eu_auto_buf struct eu_buf b = EU_BUF(8 * sizeof(err->text));
	const char *text;

	add_foreign(&b, err->text);
	text = eu_buf_str(&b);
	fprintf(stderr, "%s: %s%s\n", program_name, text ?: strerror(ENOMEM),
		more);
}

bool is_stdout(const char *to)
{
	return to && !strcmp(to, "-");
}

int write_output(const char *to, const void *data, size_t len,
		 struct eu_error *err)
{
	int r;

	if (!is_stdout(to))
		return eu_file_write(to, data, len, err);
	r = eu_write_all(STDOUT_FILENO, data, len);
	return r ? eu_error_set(err, r, "cannot write standard output: %s",
				strerror(-r)) :
		   0;
}

int print_whole(const json_t *j)
{
	eu_auto_free char *text = eu_json_line(j);
	struct eu_error err;

	if (!text) {
		eu_error_oom(&err);
		return fail(&err);
	}
	put(text);
	put("\n");
	return EXIT_DONE;
}

int fail(const struct eu_error *err)
{
	put_error(err, "");
	return EXIT_FAILED;
}

int fail_usage(const struct eu_command *cmd, const struct eu_error *err)
{
	put_error(err, "");
	fprintf(stderr, "Try '%s%s%s --help'.\n", program_name,
		*cmd->name ? " " : "", cmd->name);
	return EXIT_USAGE;
}

int show_help(const struct eu_command *cmd)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 20);

	eu_command_help(cmd, program_name, &b);
	put(eu_buf_str(&b) ?: "");
	return EXIT_DONE;
}
