/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "out/fast.h"
#include "out/stack.h"

/*
 * One JSON object a line: the members of an event in their order, or
 * {"key":{…},"value":{…}} of a sampled map. With several streams the name of
 * the map comes first, under "map".
 */

/* A top-level member: its text up to the value is written once. */
struct field {
	uint32_t from, len; /* in view->text: `,"pid":` */
};

struct view {
	char *text;
	size_t most; /* bytes of a line, at most */
	struct field field[];
};

/* A nameless member is called by its type, as in a map of plain integers. */
static const char *field_name(const struct eu_layout *l, size_t i)
{
	return *l->steps[i].name ? l->steps[i].name : l->name;
}

static bool put_fields(struct eu_buf *b, const struct eu_layout *l,
		       struct field *f, const char *open)
{
	/* An object without members has its opening only. */
	f[0].from = b->len;
	if (!l->n)
		eu_buf_puts(b, open);
	f[0].len = b->len - f[0].from;
	for (size_t i = 0; i < l->n; i++) {
		const char *name = field_name(l, i);

		f[i].from = b->len;
		eu_buf_puts(b, i ? "," : open);
		eu_buf_json(b, name, strlen(name));
		eu_buf_putc(b, ':');
		f[i].len = b->len - f[i].from;
	}
	return !b->error;
}

static int json_begin(struct eu_sink *s, struct eu_stream *st,
		      struct eu_error *err)
{
	size_t n_key = st->key ? eu_max(st->key->n, 1u) : 0;
	size_t n = n_key + eu_max(st->value->n, 1u);
	eu_auto_buf struct eu_buf text = EU_BUF(1 << 20);
	eu_auto_buf struct eu_buf open = EU_BUF(1 << 16);
	struct view *v;

	v = calloc(1, sizeof(*v) + n * sizeof(v->field[0]));
	if (!v)
		return eu_error_oom(err);
	eu_buf_putc(&open, '{');
	if (s->labelled) {
		eu_buf_puts(&open, "\"map\":");
		eu_buf_json(&open, st->name, strlen(st->name));
		eu_buf_putc(&open, ',');
	}
	if (st->key) {
		eu_buf_puts(&open, "\"key\":{");
		put_fields(&text, st->key, v->field, eu_buf_str(&open) ?: "");
		eu_buf_clear(&open);
		eu_buf_puts(&open, "},\"value\":{");
	}
	put_fields(&text, st->value, v->field + n_key, eu_buf_str(&open) ?: "");
	eu_buf_fill(&text, '\0', EU_FAST_SLACK);
	v->most = st->value->max_json + (st->key ? st->key->max_json : 0) +
		  text.len + n * 8 + 64;
	v->text = eu_buf_take(&text, NULL);
	if (!v->text || open.error) {
		free(v->text);
		free(v);
		return eu_error_oom(err);
	}
	st->view = v;
	return 0;
}

static void json_finish(struct eu_sink *s, struct eu_stream *st)
{
	struct view *v = st->view;

	(void)s;
	if (!v)
		return;
	free(v->text);
	free(v);
	st->view = NULL;
}

static inline char *put_string(char *p, const char *s, size_t n)
{
	*p++ = '"';
	if (__builtin_expect(!eu_fast_string(&p, &s, &n, true), 0))
		p = eu_fmt_json_rest(p, s, n);
	*p++ = '"';
	return p;
}

/* A record that ends before its type does. */
static char *put_cut(char *p, const char *text, const struct field *f,
		     const struct eu_layout *l, const char *data, size_t size)
{
	for (const struct eu_step *s = l->steps; s < l->steps + l->n; s++) {
		p = eu_fast_copy(p, text + f->from, f->len);
		p = eu_value_json(p, l, s, data, size);
		f++;
	}
	return p;
}

static inline __attribute__((always_inline)) char *put_object(
	char *p, const char *text, const struct field *f,
	const struct eu_layout *l, const char *data, size_t size)
{
	const struct eu_step *s = l->steps, *last = s + l->n;
	const char *at;
	uint64_t u;

	if (s == last)
		return eu_fast_copy(p, text + f->from, f->len);
	if (__builtin_expect(size < l->size, 0))
		return put_cut(p, text, f, l, data, size);
	for (; s < last; s++, f++) {
		at = data + s->offset;
		p = eu_fast_copy(p, text + f->from, f->len);
		switch (s->fast) {
			EU_FAST_INT_CASES(p, at, u);
		case EU_FAST_STRING: p = put_string(p, at, s->size); continue;
		case EU_FAST_BOOL: p = eu_fast_bool(p, *at); continue;
		default: p = eu_value_json(p, l, s, data, size); continue;
		}
		p = eu_fast_u64(p, u);
	}
	return p;
}

/* A line of a stream with stack traces, which are no part of its layouts. */
static void with_stacks(struct eu_sink *s, const struct eu_record *r)
{
	const struct eu_stream *st = r->stream;
	const struct view *v = st->view;
	const struct field *f = v->field;
	char *p = s->out.data + s->out.len;

	if (st->key) {
		p = put_object(p, v->text, f, st->key, r->key, st->key->size);
		s->out.len = (size_t)(p - s->out.data);
		eu_stack_json(s, r, true, st->key->n > 0);
		f += eu_max(st->key->n, 1u);
		if (!eu_buf_room(&s->out, v->most))
			return;
		p = s->out.data + s->out.len;
	}
	p = put_object(p, v->text, f, st->value, r->data, r->size);
	s->out.len = (size_t)(p - s->out.data);
	eu_stack_json(s, r, false, st->value->n > 0);
	eu_buf_puts(&s->out, st->key ? "}}\n" : "}\n");
}

static void json_record(struct eu_sink *s, const struct eu_record *r)
{
	const struct eu_stream *st = r->stream;
	const struct view *v = st->view;
	const struct field *f = v->field;
	char *p;

	if (!eu_buf_room(&s->out, v->most))
		return;
	if (__builtin_expect(st->n_stacks > 0, 0)) {
		with_stacks(s, r);
		return;
	}
	p = s->out.data + s->out.len;
	if (st->key) {
		p = put_object(p, v->text, f, st->key, r->key, st->key->size);
		f += eu_max(st->key->n, 1u);
	}
	p = put_object(p, v->text, f, st->value, r->data, r->size);
	if (st->key)
		*p++ = '}';
	*p++ = '}';
	*p++ = '\n';
	s->out.len = p - s->out.data;
}

const struct eu_sink_ops eu_sink_json = {
	.name = "json",
	.help = "one JSON object a line",
	.begin = json_begin,
	.record = json_record,
	.finish = json_finish,
	.takes_stacks = true,
};
