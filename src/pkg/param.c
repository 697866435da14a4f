/* SPDX-License-Identifier: MIT */
#include "pkg/param.h"

#include <errno.h>
#include <string.h>

#include "btf/layout.h"
#include "pkg/literal.h"

enum { BOOL_FORMS = 3 }; /* --x, --enable-x, --disable-x */

/* The annotation's format; that of a typedef is found by type. */
static struct eu_literal_for goal(const struct btf *btf, const struct eu_var *var)
{
	const char *format = eu_json_str(var->meta, "format");

	return (struct eu_literal_for){
		.btf = btf,
		.name = var->name,
		.format = format ? eu_format_find(format) : EU_FORMAT_NONE,
	};
}

enum eu_format eu_param_format(const struct btf *btf, const struct eu_var *var)
{
	return goal(btf, var).format ?: eu_format_of_type(btf, var->type_id);
}

/* Where types and sizes of metadata disagree nothing may be overrun. */
static int check_size(const struct btf *btf, const struct eu_var *var,
		      struct eu_error *err)
{
	if (!btf || btf__resolve_size(btf, var->type_id) == var->size)
		return 0;
	return eu_error_set(
		err, -EINVAL,
		"variable '%s' cannot be set: its size is not that of its type",
		var->name);
}

/* A value of several parts may fail in the middle: @dst is written at the end. */
static int assign(const struct btf *btf, const struct eu_var *var,
		  const char *text, const json_t *json, void *dst,
		  struct eu_error *err)
{
	const struct eu_literal_for f = goal(btf, var);
	eu_auto_free void *tmp = calloc(1, var->size ?: 1);
	int r = check_size(btf, var, err);

	if (r)
		return r;
	if (!tmp)
		return eu_error_oom(err);
	r = text ? eu_literal_parse(&f, var->type_id, text, tmp, err) :
		   eu_literal_from_json(&f, var->type_id, json, tmp, err);
	if (!r)
		memcpy(dst, tmp, var->size);
	return r;
}

int eu_param_parse(const struct btf *btf, const struct eu_var *var,
		   const char *text, void *dst, struct eu_error *err)
{
	return assign(btf, var, text, NULL, dst, err);
}

int eu_param_json(const struct btf *btf, const struct eu_var *var,
		  const json_t *value, void *dst, struct eu_error *err)
{
	return assign(btf, var, NULL, value, dst, err);
}

bool eu_param_hidden(const struct eu_var *var)
{
	return !strncmp(var->name, "__eunomia_", strlen("__eunomia_")) ||
	       var->name[0] == '.' || eu_counts_losses(var->name, var->meta);
}

static bool is_bool(const struct btf *btf, const struct eu_var *var)
{
	const struct btf_type *t;

	/* Without BTF its spelling is all that there is. */
	if (!btf)
		return var->type && (!strcmp(var->type, "bool") ||
				     !strcmp(var->type, "_Bool"));
	t = eu_btf_resolve(btf, var->type_id, NULL);
	return t && btf_is_int(t) && btf_int_encoding(t) & BTF_INT_BOOL;
}

/* What stands for the value in the help. */
static const char *value_word(const struct btf *btf, const struct eu_var *var)
{
	static const char *const words[EU_FORMAT_COUNT] = {
		[EU_FORMAT_IPV4] = "ADDRESS",
		[EU_FORMAT_IPV6] = "ADDRESS",
		[EU_FORMAT_MAC] = "ADDRESS",
		[EU_FORMAT_PORT] = "PORT",
		[EU_FORMAT_DURATION] = "TIME",
		[EU_FORMAT_DURATION_US] = "TIME",
		[EU_FORMAT_DURATION_MS] = "TIME",
		[EU_FORMAT_DURATION_S] = "TIME",
		[EU_FORMAT_TIMESTAMP] = "TIME",
		[EU_FORMAT_WALLCLOCK] = "TIME",
		[EU_FORMAT_SIZE] = "SIZE",
		[EU_FORMAT_ERRNO] = "ERROR",
		[EU_FORMAT_SIGNAL] = "SIGNAL",
		[EU_FORMAT_SYSCALL] = "SYSCALL",
		[EU_FORMAT_UID] = "USER",
		[EU_FORMAT_GID] = "GROUP",
		[EU_FORMAT_DEVICE] = "DEVICE",
		[EU_FORMAT_MODE] = "MODE",
		[EU_FORMAT_CGROUP] = "CGROUP",
	};
	const struct btf_type *t, *e;
	enum eu_format format;

	t = btf ? eu_btf_resolve(btf, var->type_id, NULL) : NULL;
	if (!t)
		return "VALUE";
	format = eu_param_format(btf, var);
	if (words[format])
		return words[format];
	if (btf_is_array(t)) {
		e = eu_btf_resolve(btf, btf_array(t)->type, NULL);
		return e && btf_is_int(e) && e->size == 1 ? "TEXT" : "LIST";
	}
	if (btf_is_int(t))
		return strcmp(btf__name_by_offset(btf, t->name_off) ?: "",
			      "char") ?
			       "INT" :
			       "CHAR";
	return btf_is_any_enum(t) ? "NAME" :
	       btf_is_float(t)	  ? "NUMBER" :
				    "VALUE";
}

static int add_flag(struct eu_flags *f, const struct btf *btf,
		    const struct eu_var *var, const char *prefix,
		    const char *fixed, bool listed)
{
	struct eu_option *o = &f->options[f->n];
	struct eu_flag *flag = &f->flag[f->n];
	struct eu_buf b = EU_BUF(65536);

	flag->var = var;
	flag->fixed = fixed;
	eu_buf_puts(&b, prefix);
	eu_buf_puts(&b, var->flag ?: var->name);
	flag->name = eu_buf_take(&b, NULL);
	if (var->help || var->description)
		eu_buf_puts(&b, var->help ?: var->description);
	else
		eu_buf_printf(&b, "set value of `%s` variable %s", var->type,
			      var->name);
	flag->help = eu_buf_take(&b, NULL);
	eu_buf_done(&b);
	f->n++;
	if (!flag->name || !flag->help)
		return -ENOMEM;
	*o = (struct eu_option){
		.name = flag->name,
		.help = listed ? flag->help : NULL,
		.letter = var->short_flag && !*prefix ? *var->short_flag : 0,
		.arg = fixed ? NULL : value_word(btf, var),
	};
	return 0;
}

/* Of the forms that a bool takes the fitting one is listed. */
static int add_flags(struct eu_flags *f, const struct eu_package *pkg,
		     const struct eu_var *var)
{
	bool on = json_is_true(var->def);
	int r;

	if (!is_bool(pkg->btf, var))
		return add_flag(f, pkg->btf, var, "", NULL, true);
	r = add_flag(f, pkg->btf, var, "", "true", !var->def);
	if (!r)
		r = add_flag(f, pkg->btf, var, "enable-", "true",
			     var->def && !on);
	return r ? r :
		   add_flag(f, pkg->btf, var, "disable-", "false",
			    on || !var->def);
}

int eu_flags_new(const struct eu_package *pkg, struct eu_flags *ret,
		 struct eu_error *err)
{
	struct eu_flags f = { 0 };

	f.flag = calloc(pkg->n_vars * BOOL_FORMS + 1, sizeof(*f.flag));
	f.options = calloc(pkg->n_vars * BOOL_FORMS + 1, sizeof(*f.options));
	if (!f.flag || !f.options)
		goto oom;
	for (size_t i = 0; i < pkg->n_vars; i++)
		if (!eu_param_hidden(&pkg->vars[i]) &&
		    add_flags(&f, pkg, &pkg->vars[i]))
			goto oom;
	*ret = f;
	return 0;
oom:
	eu_flags_done(&f);
	return eu_error_oom(err);
}

void eu_flags_done(struct eu_flags *f)
{
	for (size_t i = 0; f->flag && i < f->n; i++) {
		free(f->flag[i].name);
		free(f->flag[i].help);
	}
	free(f->flag);
	free(f->options);
	*f = (struct eu_flags){ 0 };
}
