/* SPDX-License-Identifier: MIT */
#include "base/options.h"

#include <ctype.h>
#include <errno.h>

#include "base/nearest.h"

enum { COLUMNS = 79, HELP_COLUMN = 28 };

static int find_letter(const struct eu_option *t, char c)
{
	for (int i = 0; t[i].name; i++)
		if (t[i].letter == c)
			return i;
	return -1;
}

/* Does the name begin with @n characters of @s? '-' and '_' are the same. */
static bool begins(const char *name, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name[i] != s[i] &&
		    !(strchr("-_", s[i]) && name[i] && strchr("-_", name[i])))
			return false;
	return true;
}

/* The exact name, else the only one that begins so; -1 none, -2 several. */
static int find_name(const struct eu_option *t, const char *s, size_t n)
{
	int found = -1, other = -1;

	for (int i = 0; t[i].name; i++) {
		if (!begins(t[i].name, s, n))
			continue;
		if (!t[i].name[n] && !strncmp(t[i].name, s, n))
			return i;
		if (!t[i].name[n] && other < 0)
			other = i;
		if (found == -1)
			found = i;
		else if (found >= 0 && strcmp(t[found].name, t[i].name))
			found = -2;
	}
	return other >= 0 ? other : found;
}

static int unknown(const struct eu_option *t, const char *s, size_t n,
		   struct eu_error *err)
{
	eu_auto_free char *name = strndup(s, n);
	struct eu_nearest near = { .wanted = name, .prefix = "--" };

	if (!name)
		return eu_error_oom(err);
	for (; t->name; t++)
		eu_nearest_try(&near, t->name, strlen(t->name));
	eu_error_set(err, -EINVAL, "unknown option '--%s'", name);
	return eu_nearest_append(&near, -EINVAL, err);
}

/* Is the word an option that is there, and not just text with dashes? */
static bool is_option(const struct eu_option *t, const char *word)
{
	size_t n;

	if (strncmp(word, "--", 2))
		return false;
	word += 2;
	n = strcspn(word, "=");
	for (; t->name; t++)
		if (n && begins(t->name, word, n) && !t->name[n])
			return true;
	return false;
}

/* All that begin so, each once. */
static int ambiguous(const struct eu_option *t, const char *s, size_t n,
		     struct eu_error *err)
{
	const char *sep = ": ";

	eu_error_set(err, -EINVAL, "option '--%.*s' is ambiguous", (int)n, s);
	for (int i = 0, k; t[i].name; i++) {
		if (!begins(t[i].name, s, n))
			continue;
		for (k = 0; strcmp(t[k].name, t[i].name); k++)
			;
		if (k < i)
			continue;
		eu_error_append(err, -EINVAL, "%s--%s", sep, t[i].name);
		sep = ", ";
	}
	return -EINVAL;
}

static int long_option(struct eu_args *a, const struct eu_option *t,
		       const char *word, struct eu_error *err)
{
	const char *eq = strchr(word, '=');
	size_t n = eq ? (size_t)(eq - word) : strlen(word);
	int i = find_name(t, word, n);

	if (i == -2)
		return ambiguous(t, word, n, err);
	if (i < 0)
		return unknown(t, word, n, err);
	if (eq && !t[i].arg)
		return eu_error_set(err, -EINVAL,
				    "option '--%s' takes no value", t[i].name);
	a->value = eq ? eq + 1 : NULL;
	return i;
}

static int short_option(struct eu_args *a, const struct eu_option *t,
			struct eu_error *err)
{
	char c = *a->letters++;
	int i = find_letter(t, c);

	if (i < 0)
		return eu_error_set(err, -EINVAL, "unknown option '-%c'", c);
	a->value = NULL;
	if (t[i].arg && *a->letters) {
		a->value = a->letters + (*a->letters == '=');
		a->letters = NULL;
	} else if (!*a->letters) {
		a->letters = NULL;
	}
	return i;
}

int eu_args_next(struct eu_args *a, const struct eu_option *t,
		 struct eu_error *err)
{
	const char *word;
	int i;

	if (a->letters) {
		i = short_option(a, t, err);
	} else {
		if (a->next >= a->argc)
			return EU_ARGS_END;
		word = a->argv[a->next++];
		a->value = word;
		if (a->ended || word[0] != '-' || !word[1] ||
		    isdigit((unsigned char)word[1]))
			return EU_ARGS_WORD;
		if (!strcmp(word, "--")) {
			a->ended = true;
			return eu_args_next(a, t, err);
		}
		if (word[1] == '-') {
			i = long_option(a, t, word + 2, err);
		} else {
			a->letters = word + 1;
			i = short_option(a, t, err);
		}
	}
	if (i < 0 || !t[i].arg || a->value)
		return i;
	if (a->next >= a->argc || is_option(t, a->argv[a->next]))
		return eu_error_set(err, -EINVAL,
				    "option '--%s' needs a value (%s)",
				    t[i].name, t[i].arg);
	a->value = a->argv[a->next++];
	return i;
}

/* Words of @text from column @at on, wrapped; ends with a newline. */
static void wrap(struct eu_buf *out, const char *text, size_t at, size_t indent)
{
	size_t n, column = at;

	while (*text) {
		n = strcspn(text, " \n");
		if (column > indent && column + 1 + n > COLUMNS) {
			eu_buf_putc(out, '\n');
			eu_buf_fill(out, ' ', indent);
			column = indent;
		} else if (column > indent) {
			eu_buf_putc(out, ' ');
			column++;
		}
		eu_buf_put(out, text, n);
		column += n;
		text += n;
		if (*text == '\n') {
			eu_buf_putc(out, '\n');
			if (text[1] == '\n')
				eu_buf_putc(out, '\n');
			text += strspn(text, "\n");
			eu_buf_fill(out, ' ', *text ? indent : 0);
			column = indent;
		}
		text += strspn(text, " ");
	}
	if (!out->len || out->data[out->len - 1] != '\n')
		eu_buf_putc(out, '\n');
}

void eu_options_help(const struct eu_option *t, struct eu_buf *out)
{
	size_t from;

	for (; t->name; t++) {
		if (!t->help)
			continue;
		from = out->len;
		if (t->letter)
			eu_buf_printf(out, "  -%c, --%s", t->letter, t->name);
		else
			eu_buf_printf(out, "      --%s", t->name);
		if (t->arg)
			eu_buf_printf(out, " %s", t->arg);
		if (out->len - from >= HELP_COLUMN) {
			eu_buf_putc(out, '\n');
			eu_buf_fill(out, ' ', HELP_COLUMN);
		} else {
			eu_buf_fill(out, ' ', HELP_COLUMN - (out->len - from));
		}
		wrap(out, t->help, HELP_COLUMN, HELP_COLUMN);
	}
}

static void put_examples(struct eu_buf *out, const char *s)
{
	size_t n;

	eu_buf_puts(out, "\nExamples:\n");
	for (; *s; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		eu_buf_puts(out, "  ");
		eu_buf_put(out, s, n);
		eu_buf_putc(out, '\n');
	}
}

void eu_command_help(const struct eu_command *cmd, const char *program,
		     struct eu_buf *out)
{
	eu_buf_printf(out, "Usage: %s%s%s %s\n\n", program,
		      *cmd->name ? " " : "", cmd->name, cmd->usage);
	wrap(out, cmd->description ?: cmd->summary, 0, 0);
	eu_buf_puts(out, "\nOptions:\n");
	eu_options_help(cmd->options, out);
	if (cmd->examples)
		put_examples(out, cmd->examples);
}
