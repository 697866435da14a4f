/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pkg/describe.h"
#include "pkg/notes.h"
#include "run.h"
#include "table.h"

/* A command that stands behind options, and was taken for a file. */
static int late_command(const struct run *r, const char *word,
			struct eu_error *err)
{
	if (!strcmp(r->args.argv[0], r->cmd->name) || !command_find(word) ||
	    !access(word, F_OK))
		return 0;
	if (!strcmp(word, r->cmd->name))
		return 1;
	return eu_error_set(err, -EINVAL,
			    "'%s' has to stand in front of its options", word);
}

/* Options up to the program's name. EU_ARGS_WORD when it is there. */
int run_parse_head(struct run *r, struct eu_error *err)
{
	int i, ret;

	for (;;) {
		i = eu_args_next(&r->args, run_options, err);
		if (i >= 0) {
			ret = run_take_option(r, i, err);
			if (ret)
				return ret;
			continue;
		}
		if (i != EU_ARGS_WORD)
			break;
		ret = late_command(r, r->args.value, err);
		if (ret < 0)
			return ret;
		if (ret)
			continue;
		r->o->path = r->args.value;
		return 0;
	}
	if (i == EU_ARGS_END && !r->o->path)
		return eu_error_set(err, -EINVAL, "no program given");
	return i == EU_ARGS_END ? 0 : i;
}

/* The members of what the program shows. */
static void list_records(const struct eu_package *pkg, struct eu_buf *out)
{
	static const struct table_column members[] = {
		{ "name", "MEMBER" },
		{ "type", "TYPE" },
		{ "format", "FORMAT" },
		{ "description", "DESCRIPTION" },
	};
	eu_auto_json json_t *list = eu_package_records(pkg);
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		eu_buf_printf(out, "\nMembers of '%s':\n",
			      eu_json_str(item, "name"));
		table_print(json_object_get(item, "members"), members,
			    EU_COUNT(members), "  ", out);
	}
}

void run_program_help(struct run *r)
{
	const struct eu_package *pkg = r->pkg;
	const char *about = pkg->brief ?: pkg->description;
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 20);

	eu_buf_printf(&b, "%s\n\nUsage: %s %s%s%s [OPTIONS]\n",
		      about ?: "A simple eBPF program", program_name,
		      r->cmd->name, *r->cmd->name ? " " : "", r->o->path);
	if (r->flags.n) {
		/* Without the notes it is a help as well. */
		(void)eu_flags_note(&r->flags, r->pkg);
		eu_buf_puts(&b, "\nOptions of the program:\n");
		eu_options_help(r->flags.options, &b);
	}
	list_records(pkg, &b);
	eu_buf_puts(&b, "\nOptions of the runner:\n");
	eu_options_help(run_options, &b);
	if (pkg->details)
		eu_buf_printf(&b, "\n%s\n", pkg->details);
	put_foreign(eu_buf_str(&b) ?: "");
}

/* The program's flags and ours behind them: the first of a name wins. */
static struct eu_option *join_options(const struct run *r)
{
	struct eu_option *all;
	size_t n = 0;

	while (run_options[n].name)
		n++;
	all = calloc(r->flags.n + n + 1, sizeof(*all));
	if (!all)
		return NULL;
	memcpy(all, r->flags.options, r->flags.n * sizeof(*all));
	memcpy(all + r->flags.n, run_options, n * sizeof(*all));
	return all;
}

static int set_flag(struct run *r, size_t i, struct eu_error *err)
{
	const struct eu_flag *flag = &r->flags.flag[i];
	const struct run_setting one = {
		.name = flag->var->name,
		.name_len = strlen(flag->var->name),
		.value = flag->fixed ?: r->args.value,
	};

	return run_add_setting(r, &one, err);
}

/* "--" in front of the next word, or seen already, ends our options. */
static bool ours_end(struct eu_args *a)
{
	bool end = a->ended;

	if (!a->letters && a->next < a->argc && !strcmp(a->argv[a->next], "--")) {
		a->next++;
		end = true;
	}
	a->ended = false;
	return end;
}

/* Options behind the program's name. */
int run_parse_tail(struct run *r, struct eu_error *err)
{
	eu_auto_free struct eu_option *all = join_options(r);
	int i, ret = 0;

	if (!all)
		return eu_error_oom(err);
	while (!ret) {
		if (ours_end(&r->args))
			memset(&all[r->flags.n], 0, sizeof(*all));
		i = eu_args_next(&r->args, all, err);
		if (i == EU_ARGS_END)
			break;
		if (i == EU_ARGS_WORD)
			return eu_error_set(
				err, -EINVAL,
				"unexpected argument '%s': flags of the program begin with --",
				r->args.value);
		if (i < 0)
			return i;
		if ((size_t)i < r->flags.n)
			ret = set_flag(r, i, err);
		else
			ret = run_take_option(r, i - r->flags.n, err);
	}
	return ret;
}
