/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/shown.h"

#include <errno.h>
#include <stdio.h>
#include <inttypes.h>
#include <string.h>

#include "btf/names.h"
#include "out/value.h"
#include "rt/source.h"

static int copy(const char *text, char **to, struct eu_error *err)
{
	if (!text)
		return 0;
	*to = strdup(text);
	return *to ? 0 : eu_error_oom(err);
}

int eu_shown_all_take(struct eu_program *p, const struct eu_program_opts *o,
		      struct eu_error *err)
{
	int r = copy(o->fields, &p->wanted.fields, err);

	r = r ?: copy(o->filter, &p->wanted.filter, err);
	r = r ?: copy(o->sort, &p->wanted.sort, err);
	p->wanted.head = o->head;
	return r;
}

void eu_shown_all_done(struct eu_program *p)
{
	free(p->wanted.fields);
	free(p->wanted.filter);
	free(p->wanted.sort);
}

void eu_shown_free(struct eu_shown *c)
{
	if (!c)
		return;
	eu_filter_free(c->filter);
	eu_gather_free(c->gather);
	free(c->order);
	eu_layout_free(c->key);
	eu_layout_free(c->value);
	free(c);
}

/* The streams of all sources, for what looks at all of them. */
static const struct eu_stream **streams(const struct eu_program *p,
					struct eu_error *err)
{
	const struct eu_stream **list = calloc(p->n_sources ?: 1, sizeof(*list));

	if (!list)
		eu_error_oom(err);
	for (size_t i = 0; list && i < p->n_sources; i++)
		list[i] = &p->sources[i].stream;
	return list;
}

static int open_filters(struct eu_program *p, const struct eu_stream **all,
			struct eu_error *err)
{
	uint64_t missing = UINT64_MAX, one;
	int r = 0;

	if (!p->wanted.filter)
		return 0;
	for (size_t i = 0; i < p->n_sources && !r; i++) {
		struct eu_source *s = &p->sources[i];

		r = eu_filter_new(p->wanted.filter, &s->stream,
				  &s->shown->filter, &one, err);
		p->misused = r == -EINVAL;
		missing &= r ? 0 : one;
	}
	if (!r && missing)
		r = eu_filter_unknown(p->sources[0].shown->filter, missing, all,
				      p->n_sources, err);
	return r     ?:
		       eu_filter_check_map(p->sources[0].shown->filter, all,
					   p->n_sources, err);
}

static int unknown_order(const char *name, const struct eu_stream **all,
			 size_t n, struct eu_error *err)
{
	eu_error_set(err, -EINVAL, "sort: unknown field '%.*s'; there are: ",
		     name ? (int)eu_min(strcspn(name, ","), (size_t)80) : 0,
		     name ?: "");
	eu_field_list_all(all, n, false, err);
	return -EINVAL;
}

static bool is_sampled(const struct eu_source *s)
{
	return s->map && s->map->sample;
}

/* How many rows: what the user says, else what the package does. 0: all. */
static uint64_t head_of(const struct eu_source *s)
{
	const struct eu_program *p = s->program;

	if (p->top && !p->wanted.sort && !is_sampled(s))
		return 0;
	if (p->wanted.head || p->record || !is_sampled(s))
		return p->wanted.head;
	return s->map->top;
}

/* Of a user's names one stream has to have some, of a package's its own all. */
static int open_order(struct eu_program *p, const struct eu_stream **all,
		      struct eu_error *err)
{
	const char *unknown, *first = NULL;
	bool found = !p->wanted.sort;
	int r = 0;

	for (size_t i = 0; i < p->n_sources && !r && !p->record; i++) {
		struct eu_source *s = &p->sources[i];

		if (!s->shown || !s->shown->order)
			continue;
		r = eu_gather_new(s->shown->order, &s->stream, head_of(s),
				  &s->shown->gather, &unknown, err);
		p->misused = r == -EINVAL && p->wanted.sort;
		if (!r && unknown && !p->wanted.sort)
			return eu_error_prefix(
				err, unknown_order(unknown, &all[i], 1, err),
				"map '%s'", s->stream.name);
		found = found || (!r && !unknown);
		first = first ?: unknown;
	}
	if (r || found || p->record)
		return r;
	return unknown_order(first, all, p->n_sources, err);
}

/* Sinks for stacks look at members that are not shown. */
static int open_fields(struct eu_program *p, const struct eu_stream **all,
		       struct eu_error *err)
{
	struct eu_fields *f = NULL;
	int r;

	if (!p->wanted.fields || p->record || p->sink.ops->needs_stacks)
		return 0;
	r = eu_fields_new(p->wanted.fields, &f, err);
	p->misused = r == -EINVAL;
	for (size_t i = 0; i < p->n_sources && !r; i++) {
		struct eu_source *s = &p->sources[i];

		r = eu_fields_apply(f, &s->stream, &s->shown->key,
				    &s->shown->value, err);
		/* Without its slots there is no picture, but columns. */
		if (!r && s->shown->value &&
		    !eu_layout_member(s->shown->value, "slots"))
			s->stream.hist = false;
	}
	if (!r)
		r = eu_fields_check(f, all, p->n_sources, err);
	eu_fields_free(f);
	return r;
}

/* The first member that is a time says when it happened. */
static bool find_when(const struct eu_source *s, struct eu_shown *c)
{
	const struct eu_layout *l = s->stream.value;

	for (uint32_t i = 0; i < l->n && !s->stream.key; i++) {
		if (l->steps[i].format != EU_FORMAT_TIMESTAMP &&
		    l->steps[i].format != EU_FORMAT_WALLCLOCK)
			continue;
		c->when = (struct eu_field){ .layout = l, .step = l->steps[i] };
		return true;
	}
	return false;
}

/* Most sources need none, and are fastest without. */
static bool needed(const struct eu_source *s)
{
	const struct eu_program *p = s->program;
	struct eu_shown c;

	return p->wanted.fields || p->wanted.filter || p->wanted.sort ||
	       head_of(s) || (is_sampled(s) && s->map->sort) || find_when(s, &c);
}

/* The first number of a sampled map's values, the largest first; or NULL. */
static int order_of_top(const struct eu_source *s, char **ret)
{
	const struct eu_layout *l = s->value;

	for (uint32_t k = 0; k < l->n; k++) {
		const struct eu_step *step = &l->steps[k];

		if (step->kind != EU_STEP_INT && step->kind != EU_STEP_UINT)
			continue;
		if (asprintf(ret, "-value%s%s", l->is_struct ? "." : "",
			     l->is_struct ? step->name : "") >= 0)
			return 0;
		*ret = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int set_order(struct eu_source *s, struct eu_error *err)
{
	const struct eu_program *p = s->program;
	struct eu_shown *c = s->shown;
	bool top = is_sampled(s) && (p->top || s->map->top);

	if (p->wanted.sort)
		return copy(p->wanted.sort, &c->order, err);
	if (is_sampled(s) && s->map->sort)
		return copy(s->map->sort, &c->order, err);
	if (top && order_of_top(s, &c->order))
		return eu_error_oom(err);
	return 0;
}

static int make(struct eu_source *s, struct eu_error *err)
{
	struct eu_shown *c = s->shown = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return eu_error_oom(err);
	c->has_when = find_when(s, c);
	r = set_order(s, err);
	/* What is gathered is counted when it is handed on. */
	c->head = head_of(s) && !c->order ? head_of(s) : UINT64_MAX;
	return r;
}

/* Where nothing is sampled, the first so many are the end as well. */
static void end_after_head(struct eu_program *p)
{
	for (size_t i = 0; i < p->n_sources; i++)
		if (p->sources[i].ops == &eu_source_sample)
			return;
	if (p->wanted.head && !p->wanted.sort)
		p->max_records = eu_min(p->max_records, p->wanted.head);
}

/* With --top something has to have an order. */
static bool has_order(const struct eu_program *p)
{
	for (size_t i = 0; i < p->n_sources; i++)
		if (p->sources[i].shown && p->sources[i].shown->order)
			return true;
	return !p->top || p->record;
}

int eu_shown_all_open(struct eu_program *p, struct eu_error *err)
{
	eu_auto_free const struct eu_stream **all = streams(p, err);
	bool any = false;
	int r = all ? 0 : -ENOMEM;

	for (size_t i = 0; i < p->n_sources && !r; i++)
		any = any || needed(&p->sources[i]);
	for (size_t i = 0; i < p->n_sources && !r && any; i++)
		r = make(&p->sources[i], err);
	if (!r && !has_order(p))
		return eu_error_set(
			err, -EINVAL,
			"--top: no sampled map has numbers to go by; name a member with --sort");
	r = r ?: open_filters(p, all, err);
	r = r ?: open_order(p, all, err);
	r = r ?: open_fields(p, all, err);
	if (r)
		return r;
	for (size_t i = 0; i < p->n_sources && any; i++) {
		struct eu_source *s = &p->sources[i];

		s->stream.key = s->shown->key ?: s->stream.key;
		s->stream.value = s->shown->value ?: s->stream.value;
	}
	end_after_head(p);
	return 0;
}

static void set_when(const struct eu_program *p, const struct eu_shown *c,
		     struct eu_record *r)
{
	size_t size;
	const char *at = eu_field_at(&c->when, r, &size);
	uint64_t v;

	if (!eu_value_whole(&c->when.step, size))
		return;
	v = (uint64_t)eu_value_int(&c->when.step, at, size);
	if (v)
		r->when = c->when.step.format == EU_FORMAT_WALLCLOCK ?
				  v :
				  eu_names_wall(p->names, v);
}

bool eu_shown_wants(struct eu_source *s, struct eu_record *r)
{
	struct eu_shown *c = s->shown;

	if (c->rows == c->head || (c->filter && !eu_filter_match(c->filter, r)))
		return false;
	c->rows++;
	if (c->has_when)
		set_when(s->program, c, r);
	return true;
}

void eu_shown_round(struct eu_source *s)
{
	struct eu_shown *c = s->shown;
	int64_t left_out;

	if (!c)
		return;
	c->rows = 0;
	if (!c->gather)
		return;
	/* Below the header, which stays. */
	if (s->program->refresh && s->program->n_sources == 1)
		eu_buf_puts(&s->program->sink.out, "\033[2;1H\033[J");
	left_out = eu_gather_flush(c->gather, &s->program->sink);
	if (left_out > 0)
		eu_log(&s->program->log, 0,
		       "%s: %" PRId64
		       " rows were left out: no more are kept for --sort",
		       s->stream.name, left_out);
}
