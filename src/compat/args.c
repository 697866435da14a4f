/* SPDX-License-Identifier: MIT */
#include "compat/args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pkg/param.h"

static const struct eu_option help_option = { 'h', "help", NULL, "print help" };

/* The package's flags, and help where it has no flag of that name. */
static struct eu_option *make_table(const struct eu_flags *flags)
{
	struct eu_option *all = calloc(flags->n + 2, sizeof(*all));

	if (!all)
		return NULL;
	memcpy(all, flags->options, flags->n * sizeof(*all));
	all[flags->n] = help_option;
	return all;
}

static int give_help(const struct eu_option *table, const char *name,
		     struct eu_error *err)
{
	eu_auto_buf struct eu_buf b = EU_BUF(sizeof(err->text));

	eu_options_help(table, &b);
	return eu_error_set(err, -ECANCELED, "Usage: %s [OPTIONS]\n\n%s", name,
			    eu_buf_str(&b) ?: "");
}

static int apply(const struct eu_flags *flags, struct eu_args *args,
		 eu_args_set_fn set, void *ctx, struct eu_error *err)
{
	eu_auto_free struct eu_option *table = make_table(flags);
	const struct eu_flag *f;
	int i, r;

	if (!table)
		return eu_error_oom(err);
	while ((i = eu_args_next(args, table, err)) >= 0) {
		if ((size_t)i == flags->n)
			return give_help(table, args->argv[0], err);
		f = &flags->flag[i];
		r = set(ctx, f->var, f->fixed ?: args->value, err);
		if (r)
			return r;
	}
	if (i == EU_ARGS_WORD)
		return eu_error_set(err, -EINVAL, "unexpected argument '%s'",
				    args->value);
	return i == EU_ARGS_END ? 0 : i;
}

int eu_args_apply(const struct eu_package *pkg, char **args, int argc,
		  eu_args_set_fn set, void *ctx, struct eu_error *err)
{
	struct eu_args a = { .argv = args, .argc = argc, .next = 1 };
	struct eu_flags flags;
	int r;

	if (argc < 1 || !args)
		return eu_error_set(err, -EINVAL,
				    "no arguments given: the first is a name");
	r = eu_flags_new(pkg, &flags, err);
	if (r)
		return r;
	r = apply(&flags, &a, set, ctx, err);
	eu_flags_done(&flags);
	return r;
}

/* Without an object only its spelling tells what a type is. */
static json_t *value_of(const struct eu_var *var, const char *text)
{
	const char *type = var->type ?: "";
	char *end;
	json_int_t n;

	if (!strcmp(type, "bool") || !strcmp(type, "_Bool"))
		return json_boolean(!strcmp(text, "true"));
	errno = 0;
	n = strtoll(text, &end, 0);
	if (strchr(type, '[') || !*text || *end || errno)
		return json_string(text);
	return json_integer(n);
}

/*
 * The item of a variable is its "meta" here. The default is what counts for
 * those who read a value and a default.
 */
static int set_item(void *ctx, const struct eu_var *var, const char *value,
		    struct eu_error *err)
{
	json_t *arg = json_object_get(var->meta, "cmdarg");

	(void)ctx;
	if (json_object_set_new(var->meta, "value", value_of(var, value)))
		return eu_error_set(err, -EINVAL, "'%s' is not UTF-8", value);
	if (json_object_get(arg, "default"))
		json_object_set_new(arg, "default", value_of(var, value));
	return 0;
}

static const char *text_at(const json_t *obj, const char *key)
{
	return eu_json_str(obj, key);
}

/* Strings and items are borrowed from @item. */
static struct eu_var var_of(json_t *item)
{
	const json_t *arg = json_object_get(item, "cmdarg");
	const char *letter = text_at(arg, "short");
	json_t *def = json_object_get(arg, "default") ?:
			      json_object_get(item, "value");

	return (struct eu_var){
		.name = (char *)text_at(item, "name"),
		.type = (char *)(text_at(item, "type") ?: "?"),
		.description = (char *)text_at(item, "description"),
		.flag = (char *)text_at(arg, "long"),
		.short_flag = (char *)(letter && *letter ? letter : NULL),
		.help = (char *)text_at(arg, "help"),
		.def = json_is_null(def) ? NULL : def,
		.meta = item,
	};
}

static int collect(const json_t *meta, struct eu_package *pkg,
		   struct eu_error *err)
{
	const json_t *sections = json_object_get(
		json_object_get(meta, "bpf_skel"), "data_sections");
	json_t *section, *item;
	struct eu_var v;
	size_t i, k;
	int r;

	if (!json_is_object(json_object_get(meta, "bpf_skel")))
		return eu_error_set(err, -EINVAL,
				    "the metadata has no object 'bpf_skel'");
	json_array_foreach (sections, i, section) {
		json_array_foreach (json_object_get(section, "variables"), k,
				    item) {
			v = var_of(item);
			if (!v.name)
				continue;
			r = eu_array_grow(&pkg->vars, pkg->n_vars, sizeof(v),
					  EU_PACKAGE_MAX_ITEMS);
			if (r)
				return eu_error_grow(err, r, EU_PACKAGE_MAX_ITEMS,
						     "variables");
			pkg->vars[pkg->n_vars++] = v;
		}
	}
	return 0;
}

int eu_args_fill(const char *meta, char **args, int argc, char **ret_text,
		 size_t *ret_len, struct eu_error *err)
{
	eu_auto_json json_t *j = eu_json_read(meta, strlen(meta), err);
	struct eu_package pkg = { 0 };
	char *text;
	int r;

	if (!j)
		return -EINVAL;
	r = collect(j, &pkg, err);
	if (!r && eu_args_apply(&pkg, args, argc, set_item, NULL, err))
		r = -EPROTO;
	free(pkg.vars);
	if (r)
		return r;
	text = eu_json_write(j, ret_len);
	if (!text)
		return eu_error_oom(err);
	*ret_text = text;
	return 0;
}
