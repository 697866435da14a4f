/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "out/sink.h"
#include "tool.h"

/*
 * docs man|bash|zsh|fish NAME: the man page or the completion script of the
 * tool called NAME, made out of its tables. Runs while building.
 */

/* In roff a backslash, and a dot or quote at a line's start, are special. */
static void roff(struct eu_buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool start = !b->len || b->data[b->len - 1] == '\n';

		if (start && (s[i] == '.' || s[i] == '\''))
			eu_buf_puts(b, "\\&");
		if (s[i] == '\\')
			eu_buf_puts(b, "\\e");
		else if (s[i] == '-')
			eu_buf_puts(b, "\\-");
		else
			eu_buf_putc(b, s[i]);
	}
}

static void roff_text(struct eu_buf *b, const char *s)
{
	roff(b, s, strlen(s));
}

static void man_options(struct eu_buf *b, const struct eu_option *o)
{
	for (; o->name; o++) {
		if (!o->help)
			continue;
		eu_buf_puts(b, ".TP\n");
		if (o->letter)
			eu_buf_printf(b, "\\fB\\-%c\\fR, ", o->letter);
		eu_buf_puts(b, "\\fB\\-\\-");
		roff_text(b, o->name);
		eu_buf_puts(b, "\\fR");
		if (o->arg) {
			eu_buf_puts(b, " \\fI");
			roff_text(b, o->arg);
			eu_buf_puts(b, "\\fR");
		}
		eu_buf_putc(b, '\n');
		roff_text(b, o->help);
		eu_buf_putc(b, '\n');
	}
}

static void man_examples(struct eu_buf *b, const char *s)
{
	size_t n;

	eu_buf_puts(b, ".PP\nExamples:\n.nf\n");
	for (; *s; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		eu_buf_puts(b, "    ");
		roff(b, s, n);
		eu_buf_putc(b, '\n');
	}
	eu_buf_puts(b, ".fi\n");
}

static void man_command(struct eu_buf *b, const struct eu_tool *t,
			const struct eu_command *c)
{
	if (*c->name)
		eu_buf_printf(b, ".SS %s %s\n", t->name, c->name);
	eu_buf_printf(b, "\\fB%s%s%s\\fR ", t->name, *c->name ? " " : "",
		      c->name);
	roff_text(b, c->usage);
	eu_buf_puts(b, "\n.PP\n");
	roff_text(b, c->description ?: c->summary);
	eu_buf_putc(b, '\n');
	man_options(b, c->options);
	if (c->examples)
		man_examples(b, c->examples);
}

static void man(struct eu_buf *b, const struct eu_tool *t)
{
	char upper[64] = "";

	for (size_t i = 0; t->name[i] && i < sizeof(upper) - 1; i++)
		upper[i] = (char)toupper((unsigned char)t->name[i]);
	eu_buf_printf(b, ".TH %s 1 \"\" \"eunomia %s\" \"User Commands\"\n",
		      upper, EU_VERSION);
	eu_buf_printf(b, ".SH NAME\n%s \\- %s\n.SH SYNOPSIS\n", t->name,
		      t->summary);
	if (t->commands)
		eu_buf_printf(b, "\\fB%s\\fR COMMAND [ARGUMENTS]\n", t->name);
	if (t->commands && t->otherwise)
		eu_buf_puts(b, ".br\n");
	if (t->otherwise) {
		eu_buf_printf(b, "\\fB%s\\fR ", t->name);
		roff_text(b, t->otherwise->usage);
		eu_buf_putc(b, '\n');
	}
	eu_buf_printf(b, ".SH %s\n", t->commands ? "COMMANDS" : "DESCRIPTION");
	for (size_t i = 0; t->commands && t->commands[i]; i++)
		man_command(b, t, t->commands[i]);
	if (!t->commands)
		man_command(b, t, t->otherwise);
	eu_buf_puts(
		b,
		".SH OPTIONS IN GENERAL\n"
		"The name of a long option may be cut short as long as no\n"
		"other begins so. Its value is the next word or stands behind\n"
		"an equals sign; letters may be joined, \\fB\\-vj\\fR for\n"
		"\\fB\\-v \\-j\\fR. \\fB\\-\\-\\fR ends the options.\n"
		".SH EXIT STATUS\n"
		"0: done. 1: failed. 2: wrong usage, which the command line\n"
		"itself shows, as an unknown option, a value of the wrong type\n"
		"or an attach target of the wrong shape does. What is named\n"
		"well and is not there (a program, variable, map, member or\n"
		"file), or is refused by the kernel, has failed.\n");
}

/* One word for each option: "-j --json -t --target". */
static void words(struct eu_buf *b, const struct eu_option *o)
{
	for (; o->name; o++) {
		if (!o->help)
			continue;
		if (o->letter)
			eu_buf_printf(b, "-%c ", o->letter);
		eu_buf_printf(b, "--%s ", o->name);
	}
}

/* Where an option's value is one of few words, those. */
static void bash_values(struct eu_buf *b)
{
	eu_buf_puts(b, "\tcase ${COMP_WORDS[COMP_CWORD - 1]} in\n"
		       "\t--format) words='");
	for (size_t i = 0; eu_sink_kind(i); i++)
		eu_buf_printf(b, "%s ", eu_sink_kind(i)->name);
	eu_buf_puts(b, "' ;;\n\t--timestamps) words='");
	for (size_t i = 0; eu_sink_times_name(i); i++)
		eu_buf_printf(b, "%s ", eu_sink_times_name(i));
	eu_buf_puts(b, "' ;;\n\t--color) words='auto always never' ;;\n"
		       "\t*) values= ;;\n\tesac\n");
}

/*
 * Names that the tool knows. What is completed may begin within one, as ':' ends
 * words of bash's: it is the second argument; and is no file to be quoted.
 */
static void bash_names(struct eu_buf *b, const struct eu_tool *t)
{
	size_t i;

	for (i = 0; t->commands && t->commands[i] && !t->commands[i]->names; i++)
		;
	if (!t->commands || !t->commands[i])
		return;
	eu_buf_printf(b,
		      "\tif [[ $names && ! $values && $cur != -* ]]; then\n"
		      "\t\tword=${COMP_LINE:0:COMP_POINT} word=${word##*[[:space:]]}\n"
		      "\t\t[[ $word == *\"$cur\" ]] || word=$cur\n"
		      "\t\tskip=${word%%\"${2-$word}\"}\n"
		      "\t\twhile read -r name; do\n"
		      "\t\t\t[[ $name == \"$word\"* ]] || continue\n"
		      "\t\t\tCOMPREPLY+=(\"${name#\"$skip\"}\")\n"
		      "\t\t\tcompopt +o filenames 2>/dev/null\n"
		      "\t\tdone < <(\"${1:-%s}\" names 2>/dev/null)\n"
		      "\tfi\n",
		      t->name);
}

static void bash(struct eu_buf *b, const struct eu_tool *t)
{
	eu_buf_printf(b, "# bash completion for %s\n_%s()\n{\n", t->name,
		      t->name);
	eu_buf_puts(b, "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words= values=1\n"
		       "\tlocal names= name word skip\n");
	if (t->commands) {
		eu_buf_puts(b, "\tif [[ $COMP_CWORD -eq 1 ]]; then\n\t\twords='");
		for (size_t i = 0; t->commands[i]; i++)
			eu_buf_printf(b, "%s ", t->commands[i]->name);
		eu_buf_puts(b, "--help --version'\n\telse\n"
			       "\t\tcase ${COMP_WORDS[1]} in\n");
		for (size_t i = 0; t->commands[i]; i++) {
			eu_buf_printf(b, "\t\t%s) words='", t->commands[i]->name);
			words(b, t->commands[i]->options);
			eu_buf_printf(b, "'%s ;;\n",
				      t->commands[i]->names ? " names=1" : "");
		}
		eu_buf_puts(b, "\t\tesac\n\tfi\n");
	} else {
		eu_buf_puts(b, "\twords='");
		words(b, t->otherwise->options);
		eu_buf_puts(b, "'\n");
	}
	if (t->commands)
		bash_values(b);
	else
		eu_buf_puts(b, "\tvalues=\n");
	eu_buf_puts(b, "\tif [[ $cur == -* || $COMP_CWORD -eq 1 || $values ]]; then\n"
		       "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		       "\tfi\n"
		       "\t[[ ${#COMPREPLY[@]} -gt 0 || $cur == -* ]] ||\n"
		       "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n");
	bash_names(b, t);
	eu_buf_puts(b, "}\n");
	eu_buf_printf(b, "complete -o filenames -F _%s %s\n", t->name, t->name);
}

/* Text between single quotes of zsh and fish; zsh's own marks are escaped. */
static void quoted(struct eu_buf *b, const char *s, const char *escape)
{
	for (; *s; s++) {
		if (*s == '\'') {
			eu_buf_puts(b, "'\\''");
			continue;
		}
		if (strchr(escape, *s))
			eu_buf_putc(b, '\\');
		eu_buf_putc(b, *s);
	}
}

/* @tool: whose names its words may be; or NULL. */
static void zsh_options(struct eu_buf *b, const struct eu_option *o,
			const char *tool)
{
	for (; o->name; o++) {
		if (!o->help)
			continue;
		eu_buf_puts(b, " \\\n\t\t'");
		if (o->letter)
			eu_buf_printf(b, "(-%c --%s)'{-%c,--%s}'", o->letter,
				      o->name, o->letter, o->name);
		else
			eu_buf_printf(b, "--%s", o->name);
		eu_buf_putc(b, '[');
		quoted(b, o->help, "[]:\\");
		eu_buf_putc(b, ']');
		if (o->arg) {
			eu_buf_putc(b, ':');
			quoted(b, o->arg, "[]:\\");
			eu_buf_puts(b, ":_files");
		}
		eu_buf_putc(b, '\'');
	}
	if (tool)
		eu_buf_printf(
			b,
			" \\\n\t\t'*:program:{compadd -- ${(f)\"$(%s names 2>/dev/null)\"}; _files}'\n",
			tool);
	else
		eu_buf_puts(b, " \\\n\t\t'*:file:_files'\n");
}

static void zsh(struct eu_buf *b, const struct eu_tool *t)
{
	eu_buf_printf(b, "#compdef %s\n", t->name);
	if (!t->commands) {
		eu_buf_puts(b, "_arguments -s");
		zsh_options(b, t->otherwise->options, NULL);
		return;
	}
	eu_buf_puts(b, "if (( CURRENT == 2 )); then\n\tlocal -a commands=(");
	for (size_t i = 0; t->commands[i]; i++) {
		eu_buf_printf(b, "\n\t\t'%s:", t->commands[i]->name);
		quoted(b, t->commands[i]->summary, ":\\");
		eu_buf_putc(b, '\'');
	}
	eu_buf_puts(b, "\n\t)\n\t_describe command commands\n\t_files\n"
		       "\treturn\nfi\nlocal command=$words[2]\n"
		       "shift words\n(( CURRENT-- ))\ncase $command in\n");
	for (size_t i = 0; t->commands[i]; i++) {
		eu_buf_printf(b, "%s)\n\t_arguments -s", t->commands[i]->name);
		zsh_options(b, t->commands[i]->options,
			    t->commands[i]->names ? t->name : NULL);
		eu_buf_puts(b, "\t;;\n");
	}
	eu_buf_puts(b, "*) _files ;;\nesac\n");
}

static void fish_options(struct eu_buf *b, const char *tool,
			 const char *command, const struct eu_option *o)
{
	for (; o->name; o++) {
		if (!o->help)
			continue;
		eu_buf_printf(b, "complete -c %s", tool);
		if (*command)
			eu_buf_printf(b, " -n '__fish_seen_subcommand_from %s'",
				      command);
		if (o->letter)
			eu_buf_printf(b, " -s %c", o->letter);
		eu_buf_printf(b, " -l %s%s -d '", o->name, o->arg ? " -r" : "");
		quoted(b, o->help, "\\");
		eu_buf_puts(b, "'\n");
	}
}

static void fish(struct eu_buf *b, const struct eu_tool *t)
{
	if (!t->commands) {
		fish_options(b, t->name, "", t->otherwise->options);
		return;
	}
	for (size_t i = 0; t->commands[i]; i++) {
		eu_buf_printf(
			b, "complete -c %s -n __fish_use_subcommand -a %s -d '",
			t->name, t->commands[i]->name);
		quoted(b, t->commands[i]->summary, "\\");
		eu_buf_puts(b, "'\n");
		fish_options(b, t->name, t->commands[i]->name,
			     t->commands[i]->options);
		if (t->commands[i]->names)
			eu_buf_printf(
				b,
				"complete -c %s -n '__fish_seen_subcommand_from %s' -a '(%s names 2>/dev/null)'\n",
				t->name, t->commands[i]->name, t->name);
	}
}

static const struct {
	const char *name;
	void (*write)(struct eu_buf *b, const struct eu_tool *t);
} kinds[] = {
	{ "man", man },
	{ "bash", bash },
	{ "zsh", zsh },
	{ "fish", fish },
};

int main(int argc, char **argv)
{
	const struct eu_tool *t = argc == 3 ? tool_find(argv[2]) : NULL;
	eu_auto_buf struct eu_buf b = EU_BUF(4 << 20);

	for (size_t i = 0; t && i < EU_COUNT(kinds); i++) {
		if (strcmp(argv[1], kinds[i].name))
			continue;
		kinds[i].write(&b, t);
		return b.error || eu_write_all(STDOUT_FILENO, b.data, b.len);
	}
	fputs("usage: docs man|bash|zsh|fish TOOL\n", stderr);
	return 2;
}
