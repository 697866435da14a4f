/* SPDX-License-Identifier: MIT */
#include "btf/view.h"

#include <errno.h>
#include <string.h>

static int copy_enums(struct eu_layout *v, const struct eu_layout *l)
{
	v->enums = calloc(l->n_enums ?: 1, sizeof(*v->enums));
	if (!v->enums)
		return -ENOMEM;
	for (size_t i = 0; i < l->n_enums; i++) {
		struct eu_enum *e = &v->enums[i];

		*e = l->enums[i];
		e->values = calloc(e->n ?: 1, sizeof(*e->values));
		if (!e->values)
			return -ENOMEM;
		v->n_enums++;
		memcpy(e->values, l->enums[i].values, e->n * sizeof(*e->values));
	}
	return 0;
}

static int copy_names(struct eu_layout *v, const struct eu_view_step *steps,
		      size_t n)
{
	size_t bytes = 1;
	char *p;

	for (size_t i = 0; i < n; i++)
		bytes += steps[i].name_len + 1;
	v->texts = p = calloc(1, bytes);
	if (!p)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		memcpy(p, steps[i].name, steps[i].name_len);
		v->steps[i].name = p;
		p += steps[i].name_len + 1;
	}
	return 0;
}

static bool has_child(const struct eu_step *s)
{
	return s->kind == EU_STEP_ARRAY || s->kind == EU_STEP_STRUCT;
}

/*
 * First the chosen ones, then for each the member that says how long it is, if
 * one does, then all of @l as it was.
 */
static void copy_steps(struct eu_layout *v, const struct eu_layout *l,
		       const struct eu_view_step *steps, size_t n)
{
	uint32_t moved = (uint32_t)n * 2;

	for (size_t i = 0; i < n; i++) {
		struct eu_step *s = &v->steps[i];

		*s = steps[i].step;
		s->offset += steps[i].base;
		if (has_child(s))
			s->child += moved;
		if (!s->length)
			continue;
		v->steps[n + i] = l->steps[s->length - 1];
		v->steps[n + i].offset += steps[i].base;
		s->length = (uint32_t)(n + i) + 1;
	}
	for (size_t i = 0; i < l->n_steps; i++) {
		struct eu_step *s = &v->steps[moved + i];

		*s = l->steps[i];
		if (has_child(s))
			s->child += moved;
		if (s->length)
			s->length += moved;
	}
	for (size_t i = n; i < moved; i++)
		v->steps[i].name = "";
}

int eu_layout_view(const struct eu_layout *l, const struct eu_view_step *steps,
		   size_t n, struct eu_layout **ret)
{
	struct eu_layout *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return -ENOMEM;
	*v = *l;
	v->enums = NULL;
	v->n_enums = 0;
	v->texts = NULL;
	v->n = (uint32_t)n;
	v->n_steps = l->n_steps + n * 2;
	v->steps = calloc(v->n_steps ?: 1, sizeof(*v->steps));
	r = v->steps ? copy_enums(v, l) : -ENOMEM;
	if (!r) {
		copy_steps(v, l, steps, n);
		r = copy_names(v, steps, n);
	}
	if (!r) {
		eu_layout_measure(v);
		if (v->max_json > EU_LAYOUT_MAX_TEXT)
			r = -E2BIG;
	}
	if (r) {
		eu_layout_free(v);
		return r;
	}
	*ret = v;
	return 0;
}
