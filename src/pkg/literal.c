/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "pkg/literal.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/util.h"
#include "btf/layout.h"
#include "pkg/ctype.h"
#include "btf/meaning.h"

enum {
	MAX_LISTED = 16, /* values of an enum, in a message */
	MAX_DEPTH = 16,	 /* of arrays and structs in each other */
};

/* One value on its way. */
struct value {
	const struct eu_literal_for *f;
	uint32_t type_id;
	const struct btf_type *t; /* without typedefs */
	enum eu_format format;
	const char *text;
	struct eu_error *err;
};

static int refuse(const struct value *v, int code, const char *why)
{
	eu_auto_free char *type = eu_ctype_string(v->f->btf, v->type_id);

	return eu_error_set(v->err, code, "variable '%s': '%s' %s (type %s)",
			    v->f->name, v->text, why, type ?: "?");
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

static int store_number(const struct value *v, uint64_t n, bool negative,
			void *dst)
{
	bool is_signed = btf_is_int(v->t) ?
				 btf_int_encoding(v->t) & BTF_INT_SIGNED :
				 btf_kflag(v->t);
	uint64_t limit = v->t->size < 8 ? (1ull << (v->t->size * 8)) - 1 :
					  UINT64_MAX;

	if (is_signed)
		limit = (limit >> 1) + negative;
	else if (negative && n)
		limit = 0;
	if (n > limit)
		return refuse(v, -ERANGE, "is out of range");
	store(dst, negative ? -n : n, v->t->size);
	return 0;
}

/* Digits with a sign or not. */
static int parse_int(const struct value *v, void *dst)
{
	const char *s = v->text + (*v->text == '-' || *v->text == '+');
	bool negative = *v->text == '-';
	uint64_t n;
	char *end;

	if (!isdigit((unsigned char)*s))
		return refuse(v, -EINVAL, "is not an integer");
	errno = 0;
	n = strtoull(s, &end, eu_number_base(s));
	if (*end)
		return refuse(v, -EINVAL, "is not an integer");
	if (errno == ERANGE)
		return refuse(v, -ERANGE, "is out of range");
	return store_number(v, n, negative, dst);
}

static int parse_bool(const struct value *v, void *dst)
{
	static const char *const words[] = { "false", "0", "no",  "off",
					     "true",  "1", "yes", "on" };

	for (size_t i = 0; i < EU_COUNT(words); i++) {
		if (strcmp(v->text, words[i]))
			continue;
		store(dst, i >= 4, v->t->size);
		return 0;
	}
	return refuse(v, -EINVAL, "is neither true nor false");
}

static const char *enum_name(const struct value *v, uint32_t i)
{
	return btf__name_by_offset(v->f->btf,
				   btf_is_enum64(v->t) ?
					   btf_enum64(v->t)[i].name_off :
					   btf_enum(v->t)[i].name_off) ?: "";
}

static int parse_enum(const struct value *v, void *dst)
{
	uint32_t n = btf_vlen(v->t), i;

	for (i = 0; i < n; i++) {
		if (strcmp(enum_name(v, i), v->text))
			continue;
		store(dst,
		      btf_is_enum64(v->t) ?
			      btf_enum64_value(&btf_enum64(v->t)[i]) :
			      (uint64_t)(int64_t)btf_enum(v->t)[i].val,
		      v->t->size);
		return 0;
	}
	if (isdigit((unsigned char)v->text[*v->text == '-']))
		return parse_int(v, dst);
	refuse(v, -EINVAL, "is none of its values");
	for (i = 0; i < eu_min(n, (uint32_t)MAX_LISTED); i++)
		eu_error_append(v->err, -EINVAL, "%s %s", i ? "," : ":",
				enum_name(v, i));
	return n <= MAX_LISTED ? -EINVAL :
				 eu_error_append(v->err, -EINVAL, " and others");
}

static int parse_float(const struct value *v, void *dst)
{
	const char *end;
	double d = eu_number_real(v->text, &end);
	float f;

	if (!*v->text || *end)
		return refuse(v, -EINVAL, "is not a number");
	f = d;
	if (v->t->size == sizeof(f))
		memcpy(dst, &f, sizeof(f));
	else if (v->t->size == sizeof(d))
		memcpy(dst, &d, sizeof(d));
	else
		return refuse(v, -EINVAL, "cannot be set");
	return 0;
}

static int parse_text(const struct value *v, size_t size, void *dst)
{
	eu_auto_free char *type = NULL;
	size_t n = strlen(v->text);

	if (n >= size) {
		type = eu_ctype_string(v->f->btf, v->type_id);
		return eu_error_set(
			v->err, -ERANGE,
			"variable '%s': text of %zu bytes is too long, it holds %zu (type %s)",
			v->f->name, n, size ? size - 1 : 0, type ?: "?");
	}
	memset(dst, 0, size);
	memcpy(dst, v->text, n);
	return 0;
}

static bool is_number(const struct btf_type *t)
{
	return (btf_is_int(t) || btf_is_any_enum(t)) &&
	       (t->size == 1 || t->size == 2 || t->size == 4 || t->size == 8);
}

static int parse_scalar(const struct value *v, void *dst)
{
	uint64_t n;
	int r;

	if (is_number(v->t)) {
		r = eu_meaning_number(v->format, v->text, &n);
		if (r == 1)
			return store_number(v, n, false, dst);
		if (r == -EINVAL || r == -ERANGE)
			return refuse(v, r,
				      r == -ERANGE ? "is out of range" :
						     eu_format_hint(v->format));
		if (r)
			return refuse(v, r, strerror(-r));
	}
	if (btf_is_int(v->t) && is_number(v->t))
		return btf_int_encoding(v->t) & BTF_INT_BOOL ?
			       parse_bool(v, dst) :
			       parse_int(v, dst);
	if (is_number(v->t))
		return parse_enum(v, dst);
	if (btf_is_float(v->t))
		return parse_float(v, dst);
	return refuse(
		v, -EINVAL,
		"cannot be set: only numbers, enums, bool, text, arrays and structs of these can");
}

static int init(struct value *v, const struct eu_literal_for *f,
		uint32_t type_id, const char *text, struct eu_error *err)
{
	*v = (struct value){
		.f = f,
		.type_id = type_id,
		.t = f->btf ? eu_btf_resolve(f->btf, type_id, NULL) : NULL,
		.text = text,
		.err = err,
	};
	if (!v->t)
		return eu_error_set(
			err, -EINVAL,
			"variable '%s': '%s' cannot be set: no type is known",
			f->name, text);
	v->format = f->format ?: eu_format_of_type(f->btf, type_id);
	return 0;
}

/* Elements of an array of characters, or of bytes, are text. */
static bool is_text(const struct value *v)
{
	const struct btf_type *e = NULL;

	if (btf_is_array(v->t))
		e = eu_btf_resolve(v->f->btf, btf_array(v->t)->type, NULL);
	return e && btf_is_int(e) && e->size == 1;
}

static int from_json(const struct eu_literal_for *f, uint32_t type_id,
		     const json_t *j, void *dst, int depth, struct eu_error *err);

static int array_from_json(const struct value *v, const json_t *list, void *dst,
			   int depth)
{
	const struct btf_array *a = btf_array(v->t);
	int64_t each = btf__resolve_size(v->f->btf, a->type);
	size_t n = json_array_size(list);
	int r = 0;

	if (n > a->nelems)
		return eu_error_set(v->err, -ERANGE,
				    "variable '%s': %zu values, it holds %u",
				    v->f->name, n, a->nelems);
	for (size_t i = 0; i < n && !r && each > 0; i++)
		r = from_json(v->f, a->type, json_array_get(list, i),
			      (char *)dst + i * each, depth, v->err);
	return r;
}

static const struct btf_member *find_member(const struct value *v,
					    const char *name)
{
	const struct btf_member *m = btf_members(v->t);

	for (uint32_t i = 0; i < btf_vlen(v->t); i++)
		if (!strcmp(btf__name_by_offset(v->f->btf, m[i].name_off) ?: "",
			    name))
			return btf_member_bitfield_size(v->t, i) ? NULL : &m[i];
	return NULL;
}

/* Types come from others: a member may say that it lies outside. */
static int place_of(const struct value *v, const struct btf_member *m,
		    uint32_t *ret_offset)
{
	uint32_t bits = btf_member_bit_offset(v->t, m - btf_members(v->t));
	int64_t size = btf__resolve_size(v->f->btf, m->type);

	if (bits % 8 || size < 0 || bits / 8 + (uint64_t)size > v->t->size)
		return refuse(v, -EINVAL, "cannot be set: its BTF is damaged");
	*ret_offset = bits / 8;
	return 0;
}

static int struct_from_json(const struct value *v, json_t *obj, void *dst,
			    int depth)
{
	struct eu_literal_for inner = *v->f;
	const struct btf_member *m;
	uint32_t offset = 0;
	const char *key;
	json_t *value;
	int r = 0;

	inner.format = EU_FORMAT_NONE;
	json_object_foreach (obj, key, value) {
		m = find_member(v, key);
		if (!m)
			return eu_error_set(
				v->err, -EINVAL,
				"variable '%s': no member '%s' that can be set",
				v->f->name, key);
		r = place_of(v, m, &offset);
		if (!r)
			r = from_json(&inner, m->type, value,
				      (char *)dst + offset, depth, v->err);
		if (r)
			return r;
	}
	return 0;
}

static int from_json(const struct eu_literal_for *f, uint32_t type_id,
		     const json_t *j, void *dst, int depth, struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	struct value v;
	int r;

	if (json_is_string(j))
		return eu_literal_parse(f, type_id, json_string_value(j), dst,
					err);
	text = json_dumps(j, JSON_ENCODE_ANY | JSON_COMPACT);
	if (!text)
		return eu_error_oom(err);
	r = init(&v, f, type_id, text, err);
	if (r)
		return r;
	if (depth > MAX_DEPTH)
		return refuse(&v, -E2BIG, "is nested too deeply");
	if (json_is_array(j) && btf_is_array(v.t) && !is_text(&v))
		return array_from_json(&v, j, dst, depth + 1);
	if (json_is_object(j) && btf_is_composite(v.t))
		return struct_from_json(&v, (json_t *)j, dst, depth + 1);
	if (json_is_number(j) || json_is_boolean(j))
		return eu_literal_parse(f, type_id, text, dst, err);
	return refuse(&v, -EINVAL, "is not a value of it");
}

int eu_literal_from_json(const struct eu_literal_for *f, uint32_t type_id,
			 const json_t *value, void *dst, struct eu_error *err)
{
	return from_json(f, type_id, value, dst, 0, err);
}

/* "1,2,3": each as text. */
static int parse_list(const struct value *v, void *dst)
{
	eu_auto_json json_t *list = json_array();
	const char *at = v->text, *comma;

	while (list && *at) {
		comma = strchrnul(at, ',');
		json_array_append_new(list, json_stringn(at, comma - at));
		at = comma + (*comma == ',');
	}
	return list ? array_from_json(v, list, dst, 1) : eu_error_oom(v->err);
}

static int parse_composite(const struct value *v, void *dst)
{
	eu_auto_json json_t *j = NULL;
	struct eu_error why;

	if (*v->text != '[' && *v->text != '{')
		return btf_is_array(v->t) ?
			       parse_list(v, dst) :
			       refuse(v, -EINVAL, "is no JSON object");
	j = eu_json_read(v->text, strlen(v->text), &why);
	if (!j)
		return refuse(v, -EINVAL, why.text);
	return from_json(v->f, v->type_id, j, dst, 0, v->err);
}

int eu_literal_parse(const struct eu_literal_for *f, uint32_t type_id,
		     const char *text, void *dst, struct eu_error *err)
{
	struct value v;
	int64_t size;
	int r = init(&v, f, type_id, text, err);

	if (r)
		return r;
	size = btf__resolve_size(f->btf, type_id);
	r = size > 0 ? eu_meaning_address(v.format, text, dst, size) : 0;
	if (r)
		return r == 1 ? 0 : refuse(&v, r, eu_format_hint(v.format));
	if (is_text(&v))
		return parse_text(&v, size, dst);
	if (btf_is_array(v.t) || btf_is_composite(v.t))
		return parse_composite(&v, dst);
	return parse_scalar(&v, dst);
}
