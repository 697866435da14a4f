/* SPDX-License-Identifier: MIT */
#include "pkg/param.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "btf/layout.h"

enum {
	MAX_LISTED = 16, /* values of an enum, in a message */
	BOOL_FORMS = 3,	 /* --x, --enable-x, --disable-x */
};

struct value {
	const struct eu_var *var;
	const char *text;
	struct eu_error *err;
};

static int refuse(const struct value *v, int code, const char *why)
{
	return eu_error_set(v->err, code, "variable '%s': '%s' %s (type %s)",
			    v->var->name, v->text, why, v->var->type);
}

static void store(void *dst, uint64_t v, uint32_t size)
{
	uint8_t v1 = v;
	uint16_t v2 = v;
	uint32_t v4 = v;

	memcpy(dst,
	       size == 1 ? (void *)&v1 :
	       size == 2 ? (void *)&v2 :
	       size == 4 ? (void *)&v4 :
			   (void *)&v,
	       size);
}

/* Digits with a sign or not, into the @size bytes of an integer type. */
static int parse_int(const struct value *v, bool is_signed, uint32_t size,
		     void *dst)
{
	const char *s = v->text + (*v->text == '-' || *v->text == '+');
	uint64_t limit = size < 8 ? (1ull << (size * 8)) - 1 : UINT64_MAX;
	bool negative = *v->text == '-';
	uint64_t n;
	char *end;

	if (!isdigit((unsigned char)*s))
		return refuse(v, -EINVAL, "is not an integer");
	errno = 0;
	n = strtoull(s, &end, eu_number_base(s));
	if (*end)
		return refuse(v, -EINVAL, "is not an integer");
	if (is_signed)
		limit = (limit >> 1) + negative;
	else if (negative && n)
		limit = 0;
	if (errno == ERANGE || n > limit)
		return refuse(v, -ERANGE, "is out of range");
	store(dst, negative ? -n : n, size);
	return 0;
}

static int parse_bool(const struct value *v, uint32_t size, void *dst)
{
	static const char *const words[] = { "false", "0", "no",  "off",
					     "true",  "1", "yes", "on" };

	for (size_t i = 0; i < EU_COUNT(words); i++) {
		if (strcmp(v->text, words[i]))
			continue;
		store(dst, i >= 4, size);
		return 0;
	}
	return refuse(v, -EINVAL, "is neither true nor false");
}

static const char *enum_name(const struct btf *btf, const struct btf_type *t,
			     uint32_t i)
{
	return btf__name_by_offset(btf, btf_is_enum64(t) ?
				   btf_enum64(t)[i].name_off :
				   btf_enum(t)[i].name_off) ?: "";
}

static int parse_enum(const struct value *v, const struct btf *btf,
		      const struct btf_type *t, void *dst)
{
	uint32_t n = btf_vlen(t), i;

	for (i = 0; i < n; i++) {
		if (strcmp(enum_name(btf, t, i), v->text))
			continue;
		store(dst,
		      btf_is_enum64(t) ? btf_enum64_value(&btf_enum64(t)[i]) :
					 (uint64_t)(int64_t)btf_enum(t)[i].val,
		      t->size);
		return 0;
	}
	if (!isdigit((unsigned char)v->text[*v->text == '-'])) {
		refuse(v, -EINVAL, "is none of its values");
		for (i = 0; i < eu_min(n, (uint32_t)MAX_LISTED); i++)
			eu_error_append(v->err, -EINVAL, "%s %s", i ? "," : ":",
					enum_name(btf, t, i));
		return n <= MAX_LISTED ?
			       -EINVAL :
			       eu_error_append(v->err, -EINVAL, " and others");
	}
	return parse_int(v, btf_kflag(t), t->size, dst);
}

static int parse_float(const struct value *v, uint32_t size, void *dst)
{
	const char *end;
	double d = eu_number_real(v->text, &end);
	float f;

	if (!*v->text || *end)
		return refuse(v, -EINVAL, "is not a number");
	f = d;
	if (size == sizeof(f))
		memcpy(dst, &f, sizeof(f));
	else if (size == sizeof(d))
		memcpy(dst, &d, sizeof(d));
	else
		return refuse(v, -EINVAL, "cannot be set");
	return 0;
}

static int parse_text(const struct value *v, void *dst)
{
	size_t n = strlen(v->text);

	if (n >= v->var->size)
		return eu_error_set(
			v->err, -ERANGE,
			"variable '%s': text of %zu bytes is too long, it holds %u (type %s)",
			v->var->name, n, v->var->size ? v->var->size - 1 : 0,
			v->var->type);
	memset(dst, 0, v->var->size);
	memcpy(dst, v->text, n);
	return 0;
}

int eu_param_parse(const struct btf *btf, const struct eu_var *var,
		   const char *text, void *dst, struct eu_error *err)
{
	const struct value v = { .var = var, .text = text, .err = err };
	const struct btf_type *t = btf ? eu_btf_resolve(btf, var->type_id, NULL) :
					 NULL,
			      *e;

	if (!t)
		return refuse(&v, -EINVAL, "cannot be set: no type is known");
	if (btf_is_int(t) &&
	    (t->size == 1 || t->size == 2 || t->size == 4 || t->size == 8) &&
	    t->size == var->size) {
		if (btf_int_encoding(t) & BTF_INT_BOOL)
			return parse_bool(&v, t->size, dst);
		return parse_int(&v, btf_int_encoding(t) & BTF_INT_SIGNED,
				 t->size, dst);
	}
	if (btf_is_any_enum(t) && t->size <= 8 && t->size == var->size)
		return parse_enum(&v, btf, t, dst);
	if (btf_is_float(t) && t->size == var->size)
		return parse_float(&v, t->size, dst);
	e = btf_is_array(t) ? eu_btf_resolve(btf, btf_array(t)->type, NULL) :
			      NULL;
	if (e && btf_is_int(e) && e->size == 1)
		return parse_text(&v, dst);
	return refuse(&v, -EINVAL,
		      "cannot be set: only numbers, enums, bool and text can");
}

int eu_param_json(const struct btf *btf, const struct eu_var *var,
		  const json_t *value, void *dst, struct eu_error *err)
{
	eu_auto_free char *text = NULL;

	if (json_is_string(value))
		return eu_param_parse(btf, var, json_string_value(value), dst,
				      err);
	if (!json_is_number(value) && !json_is_boolean(value))
		return eu_error_set(
			err, -EINVAL,
			"variable '%s': its default is neither a number nor text nor true or false",
			var->name);
	text = json_dumps(value, JSON_ENCODE_ANY);
	if (!text)
		return eu_error_oom(err);
	return eu_param_parse(btf, var, text, dst, err);
}

bool eu_param_hidden(const struct eu_var *var)
{
	return !strncmp(var->name, "__eunomia_dummy", strlen("__eunomia_dummy")) ||
	       var->name[0] == '.' || eu_counts_losses(var->name, var->meta);
}

static bool is_bool(const struct btf *btf, const struct eu_var *var)
{
	const struct btf_type *t = btf ? eu_btf_resolve(btf, var->type_id, NULL) :
					 NULL;

	return t && btf_is_int(t) && btf_int_encoding(t) & BTF_INT_BOOL;
}

static int add_flag(struct eu_flags *f, const struct eu_var *var,
		    const char *prefix, const char *fixed, bool listed)
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
		.arg = fixed ? NULL : "VALUE",
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
		return add_flag(f, var, "", NULL, true);
	r = add_flag(f, var, "", "true", !var->def);
	if (!r)
		r = add_flag(f, var, "enable-", "true", var->def && !on);
	return r ? r : add_flag(f, var, "disable-", "false", on || !var->def);
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
