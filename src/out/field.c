/* SPDX-License-Identifier: MIT */
#include "out/field.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "out/value.h"

enum { MAX_LISTED = 64 };

const char *eu_field_name(const struct eu_stream *st, bool in_key, uint32_t i)
{
	const struct eu_layout *l = in_key ? st->key : st->value;
	const char *name = l->steps[i].name;

	if (l->is_struct || (!st->key && *name))
		return name;
	return in_key ? "key" : "value";
}

static bool is(const char *name, const char *path, size_t len)
{
	return strlen(name) == len && !memcmp(name, path, len);
}

/* "[N]" at @path: goes on to that element. */
static bool step_in(struct eu_field *f, const char **path, const char *end)
{
	const struct eu_step *e;
	uint64_t i = 0;
	const char *p = *path + 1;

	if (f->step.kind != EU_STEP_ARRAY || p == end ||
	    !isdigit((unsigned char)*p))
		return false;
	for (; p < end && isdigit((unsigned char)*p) && i <= UINT32_MAX; p++)
		i = i * 10 + (uint64_t)(*p - '0');
	if (p == end || *p != ']' || (!f->step.rest && i >= f->step.count))
		return false;
	e = &f->layout->steps[f->step.child];
	i = i * e->size + f->base + f->step.offset;
	if (i > UINT32_MAX)
		return false;
	f->base = (uint32_t)i;
	f->step = *e;
	f->top = false;
	*path = p + 1;
	return true;
}

/* The member at @path among @n steps from @first on. */
static bool member(struct eu_field *f, uint32_t first, uint32_t n,
		   const char **path, const char *end)
{
	size_t len = strcspn(*path, ".[");

	len = eu_min(len, (size_t)(end - *path));
	for (uint32_t i = first; i < first + n; i++) {
		if (!is(f->layout->steps[i].name, *path, len))
			continue;
		f->step = f->layout->steps[i];
		*path += len;
		return true;
	}
	return false;
}

/* What follows the first name. */
static bool walk(struct eu_field *f, const char *path, const char *end)
{
	while (path < end) {
		if (*path == '[') {
			if (!step_in(f, &path, end))
				return false;
			continue;
		}
		if (*path++ != '.' || f->step.kind != EU_STEP_STRUCT ||
		    path >= end)
			return false;
		f->base += f->step.offset;
		f->top = false;
		if (!member(f, f->step.child, f->step.count, &path, end))
			return false;
	}
	return true;
}

static bool find_in(const struct eu_stream *st, bool in_key, const char *path,
		    const char *end, struct eu_field *ret)
{
	const struct eu_layout *l = in_key ? st->key : st->value;
	struct eu_field f = { .layout = l, .in_key = in_key, .top = true };
	size_t len = eu_min(strcspn(path, ".["), (size_t)(end - path));
	const char *name;

	for (; f.index < l->n; f.index++) {
		name = eu_field_name(st, in_key, f.index);
		f.step = l->steps[f.index];
		/* Names that were made of several ("a.b") are found whole. */
		if (is(name, path, (size_t)(end - path))) {
			*ret = f;
			return true;
		}
		if (is(name, path, len) && walk(&f, path + len, end)) {
			*ret = f;
			return true;
		}
		f.base = 0;
		f.top = true;
	}
	return false;
}

bool eu_field_find(const struct eu_stream *st, const char *path, size_t len,
		   struct eu_field *ret)
{
	const char *end = path + len;

	if (st->key && find_in(st, true, path, end, ret))
		return true;
	if (find_in(st, false, path, end, ret))
		return true;
	if (st->key && st->key->is_struct && len > 4 && !memcmp(path, "key.", 4))
		return find_in(st, true, path + 4, end, ret);
	if (st->key && st->value->is_struct && len > 6 &&
	    !memcmp(path, "value.", 6))
		return find_in(st, false, path + 6, end, ret);
	return false;
}

/* As a member of all streams before, or of this one's key? */
static bool is_told(const struct eu_error *err, const char *name)
{
	const size_t n = strlen(name);
	const char *at = err ? strstr(err->text, "there are: ") : NULL;

	for (; at && (at = strstr(at, name)); at += n)
		if (at[-1] == ' ' && (!at[n] || at[n] == ','))
			return true;
	return false;
}

static void tell(struct eu_error *err, const char *name)
{
	const size_t n = err ? strlen(err->text) : 0;

	if (!is_told(err, name))
		eu_error_append(err, err ? err->code : 0, "%s%s",
				n && err->text[n - 1] == ' ' ? "" : ", ", name);
}

static void list_inner(const struct eu_layout *l, const struct eu_step *s,
		       const char *before, struct eu_error *err, size_t *n)
{
	for (uint32_t i = 0; i < s->count && *n < MAX_LISTED; i++) {
		const struct eu_step *m = &l->steps[s->child + i];
		char path[256];

		if (snprintf(path, sizeof(path), "%s.%s", before, m->name) >=
		    (int)sizeof(path))
			continue;
		tell(err, path);
		++*n;
		if (m->kind == EU_STEP_STRUCT)
			list_inner(l, m, path, err, n);
	}
}

static void list(const struct eu_stream *st, bool in_key, struct eu_error *err,
		 size_t *n)
{
	const struct eu_layout *l = in_key ? st->key : st->value;

	for (uint32_t i = 0; l && i < l->n && *n < MAX_LISTED; i++) {
		const struct eu_step *s = &l->steps[i];
		const char *name = eu_field_name(st, in_key, i);

		tell(err, name);
		++*n;
		if (s->kind == EU_STEP_STRUCT)
			list_inner(l, s, name, err, n);
	}
}

void eu_field_list(const struct eu_stream *st, struct eu_error *err)
{
	size_t n = 0;

	list(st, true, err, &n);
	list(st, false, err, &n);
	if (n == MAX_LISTED)
		eu_error_append(err, err ? err->code : 0, " and others");
}

void eu_field_list_all(const struct eu_stream *const *streams, size_t n,
		       bool stacks, struct eu_error *err)
{
	for (size_t i = 0; i < n; i++) {
		eu_field_list(streams[i], err);
		for (size_t k = 0; stacks && k < streams[i]->n_stacks; k++)
			tell(err, streams[i]->stacks[k].name);
	}
}

enum eu_field_way eu_field_way(const struct eu_step *s)
{
	switch (s->format) {
	case EU_FORMAT_IPV4:
	case EU_FORMAT_IPV6:
	case EU_FORMAT_MAC: return EU_FIELD_BYTES;
	default: break;
	}
	switch (s->kind) {
	case EU_STEP_STRING: return EU_FIELD_TEXT;
	case EU_STEP_FLOAT: return EU_FIELD_REAL;
	case EU_STEP_BYTES:
	case EU_STEP_ARRAY:
	case EU_STEP_STRUCT: return EU_FIELD_NONE;
	default: return EU_FIELD_NUMBER;
	}
}

int eu_field_order_text(const char *a, size_t n, const char *b, size_t m)
{
	int order = memcmp(a, b, eu_min(n, m));

	return order ?: (n > m) - (n < m);
}

static int order_reals(double a, double b)
{
	/* What is no number comes behind all that are. */
	if (a != a || b != b)
		return (a != a) - (b != b);
	return (a > b) - (a < b);
}

int eu_field_order(const struct eu_field *f, enum eu_field_way way,
		   const char *a, size_t a_size, const char *b, size_t b_size)
{
	const struct eu_layout *l = f->layout;
	const struct eu_step *s = &f->step;
	struct eu_number x, y;
	size_t n, m;

	switch (way) {
	case EU_FIELD_NUMBER:
		x = eu_value_number(l, s, a, a_size);
		y = eu_value_number(l, s, b, b_size);
		return eu_number_order(&x, &y);
	case EU_FIELD_REAL:
		return order_reals(eu_value_real(s, a), eu_value_real(s, b));
	case EU_FIELD_TEXT:
		a = eu_value_string(l, s, a, a_size, &n);
		b = eu_value_string(l, s, b, b_size, &m);
		return eu_field_order_text(a, n, b, m);
	case EU_FIELD_BYTES:
		return memcmp(a + s->offset, b + s->offset, s->size);
	default: return 0;
	}
}
