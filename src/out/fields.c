/* SPDX-License-Identifier: MIT */
#include "out/fields.h"

#include <errno.h>
#include <string.h>

#include "btf/view.h"

enum { MAX_ITEMS = 4096 };

struct item {
	const char *name;
	size_t len;
	char sign; /* '+', '-' or 0 */
	bool known;
};

struct eu_fields {
	char *text;
	struct item *items;
	size_t n;
};

/* What is shown of a key or value. */
struct shown {
	struct eu_field *fields;
	size_t n;
	bool in_key;
};

int eu_fields_new(const char *text, struct eu_fields **ret, struct eu_error *err)
{
	struct eu_fields *f = calloc(1, sizeof(*f));
	const char *at;
	size_t len;
	int r = 0;

	if (f)
		f->text = strdup(text);
	if (!f || !f->text) {
		eu_fields_free(f);
		return eu_error_oom(err);
	}
	for (at = f->text;; at += len + 1) {
		struct item i = { .sign = *at == '+' || *at == '-' ? *at : 0 };

		len = strcspn(at, ",");
		i.name = at + !!i.sign;
		i.len = len - !!i.sign;
		r = eu_array_grow(&f->items, f->n, sizeof(i), MAX_ITEMS);
		if (r)
			eu_error_grow(err, r, MAX_ITEMS, "fields");
		else if (!i.len)
			r = eu_error_set(err, -EINVAL,
					 "fields '%s': a name is missing", text);
		if (r)
			break;
		f->items[f->n++] = i;
		if (!at[len])
			break;
	}
	if (r) {
		eu_fields_free(f);
		return r;
	}
	*ret = f;
	return 0;
}

void eu_fields_free(struct eu_fields *f)
{
	if (!f)
		return;
	free(f->items);
	free(f->text);
	free(f);
}

static bool same(const struct eu_field *a, const struct eu_field *b)
{
	return a->in_key == b->in_key && a->base == b->base &&
	       a->step.offset == b->step.offset &&
	       a->step.bit_offset == b->step.bit_offset &&
	       a->step.kind == b->step.kind && a->step.name == b->step.name;
}

static int add(struct shown *s, const struct eu_field *e, struct eu_error *err)
{
	int r;

	for (size_t i = 0; i < s->n; i++)
		if (same(&s->fields[i], e))
			return 0;
	r = eu_array_grow(&s->fields, s->n, sizeof(*e), MAX_ITEMS);
	if (r)
		return eu_error_grow(err, r, MAX_ITEMS, "fields");
	s->fields[s->n++] = *e;
	return 0;
}

static int add_all(struct shown *s, const struct eu_layout *l,
		   struct eu_error *err)
{
	int r = 0;

	for (uint32_t i = 0; l && i < l->n && !r; i++) {
		const struct eu_field e = {
			.layout = l,
			.step = l->steps[i],
			.in_key = s->in_key,
			.top = true,
			.index = i,
		};

		r = add(s, &e, err);
	}
	return r;
}

/* Part of a member cannot be hidden alone. */
static int hide(struct shown *s, const struct eu_field *e,
		const struct item *item, struct eu_error *err)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!same(&s->fields[i], e))
			continue;
		memmove(&s->fields[i], &s->fields[i + 1],
			(--s->n - i) * sizeof(*e));
		return 0;
	}
	return eu_error_set(
		err, -EINVAL,
		"fields: '%.*s' is not shown by itself, and cannot be hidden",
		(int)item->len, item->name);
}

/* A stack trace is no member of the layouts any more. */
static bool stack(struct eu_stream *st, const struct item *item)
{
	for (size_t i = 0; i < st->n_stacks; i++) {
		const char *name = st->stacks[i].name;

		if (strlen(name) != item->len ||
		    memcmp(name, item->name, item->len))
			continue;
		if (item->sign == '-')
			st->hidden_stacks |= 1u << i;
		else
			st->hidden_stacks &= ~(1u << i);
		return true;
	}
	return false;
}

static int take(struct eu_fields *f, struct eu_stream *st, struct shown *key,
		struct shown *value, struct eu_error *err)
{
	struct eu_field e;
	struct shown *s;
	int r = 0;

	for (size_t i = 0; i < f->n && !r; i++) {
		struct item *item = &f->items[i];

		if (stack(st, item)) {
			item->known = true;
			continue;
		}
		if (!eu_field_find(st, item->name, item->len, &e))
			continue;
		item->known = true;
		s = e.in_key ? key : value;
		r = item->sign == '-' ? hide(s, &e, item, err) : add(s, &e, err);
	}
	return r;
}

/* The columns of a member further down are called as the user called it. */
static int make_view(const struct eu_fields *f, const struct eu_stream *st,
		     const struct eu_layout *l, const struct shown *s,
		     struct eu_layout **ret, struct eu_error *err)
{
	struct eu_view_step *v = calloc(s->n ?: 1, sizeof(*v));
	struct eu_field e;
	int r;

	if (!v)
		return eu_error_oom(err);
	for (size_t i = 0; i < s->n; i++) {
		v[i] = (struct eu_view_step){
			.step = s->fields[i].step,
			.base = s->fields[i].base,
			.name = s->fields[i].step.name,
			.name_len = strlen(s->fields[i].step.name),
		};
		for (size_t k = 0; k < f->n && !s->fields[i].top; k++) {
			const struct item *item = &f->items[k];

			if (!eu_field_find(st, item->name, item->len, &e) ||
			    !same(&e, &s->fields[i]))
				continue;
			v[i].name = item->name;
			v[i].name_len = item->len;
		}
	}
	r = eu_layout_view(l, v, s->n, ret);
	free(v);
	return r ? eu_error_grow(err, r, MAX_ITEMS, "fields") : 0;
}

int eu_fields_apply(struct eu_fields *f, struct eu_stream *st,
		    struct eu_layout **ret_key, struct eu_layout **ret_value,
		    struct eu_error *err)
{
	struct shown key = { .in_key = true }, value = { 0 };
	struct eu_layout *k = NULL, *v = NULL;
	int r = 0;

	if (f->items[0].sign) {
		r = add_all(&key, st->key, err);
		r = r ?: add_all(&value, st->value, err);
	} else {
		st->hidden_stacks = UINT32_MAX;
	}
	r = r ?: take(f, st, &key, &value, err);
	if (!r && st->key)
		r = make_view(f, st, st->key, &key, &k, err);
	r = r ?: make_view(f, st, st->value, &value, &v, err);
	free(key.fields);
	free(value.fields);
	if (r) {
		eu_layout_free(k);
		return r;
	}
	*ret_key = k;
	*ret_value = v;
	return 0;
}

int eu_fields_check(const struct eu_fields *f,
		    const struct eu_stream *const *streams, size_t n,
		    struct eu_error *err)
{
	const struct item *i = f->items, *end = i + f->n;

	while (i < end && i->known)
		i++;
	if (i == end)
		return 0;
	eu_error_set(err, -EINVAL, "unknown field '%.*s'; there are: ",
		     (int)eu_min(i->len, (size_t)80), i->name);
	eu_field_list_all(streams, n, true, err);
	return -EINVAL;
}
