/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "out/fast.h"
#include "out/printk.h"
#include "out/stack.h"

/*
 * One JSON object a line: the members of an event in their order, or
 * {"key":{…},"value":{…}} of a sampled map. With several streams the name of
 * the map comes first, under "map".
 */

/*
 * A line is written by pieces: some text that is always the same, then the
 * value of a top-level member. Longer text stands in several pieces.
 */
struct piece {
	char text[EU_FAST_SLACK]; /* `,"pid":` */
	uint8_t len;
	uint8_t what; /* enum eu_fast, or one of those below */
	uint32_t offset, size;
	const struct eu_step *step; /* NULL: no value */
};

enum {
	JUST_TEXT = EU_FAST_NONE + 1,
	TO_VALUE, /* behind the key: what follows is the value's */
	TO_END,
	TIME,	/* when it happened */
	STACKS, /* traces go here, which are no part of the layouts */
	MAX_PIECES = 1 << 18,
	MAX_LABEL = 32,
};

struct view {
	char label[MAX_LABEL]; /* `{"map":"rb"`, in front of all pieces */
	size_t label_len;
	struct piece *piece;
	size_t n;
	size_t most; /* bytes of a line, at most */
};

/* A nameless member is called by its type, as in a map of plain integers. */
static const char *field_name(const struct eu_layout *l, size_t i)
{
	return *l->steps[i].name ? l->steps[i].name : l->name;
}

/* Takes all of @text. */
static int add_piece(struct view *v, struct eu_buf *text, int what,
		     const struct eu_step *step)
{
	struct piece *f;
	size_t at = 0;
	int r;

	do {
		r = text->error ?:
				  eu_array_grow(&v->piece, v->n, sizeof(*f),
						MAX_PIECES);
		if (r)
			return r;
		f = &v->piece[v->n++];
		*f = (struct piece){ .what = JUST_TEXT };
		f->len = (uint8_t)eu_min(text->len - at, sizeof(f->text));
		if (f->len)
			memcpy(f->text, text->data + at, f->len);
		at += f->len;
	} while (at < text->len);
	f->what = (uint8_t)what;
	f->step = step;
	f->offset = step ? step->offset : 0;
	f->size = step ? step->size : 0;
	eu_buf_clear(text);
	return 0;
}

static void put_key(const struct eu_sink *s, struct eu_buf *text, const char *name)
{
	eu_buf_puts(text, eu_sink_bright(s));
	eu_buf_json(text, name, strlen(name));
	eu_buf_puts(text, eu_sink_plain(s));
	eu_buf_putc(text, ':');
}

/* The members of @l; the first has @open in front. */
static int add_members(const struct eu_sink *s, struct view *v,
		       struct eu_buf *text, const struct eu_layout *l,
		       const char *open, bool stacks)
{
	const char *name;
	int r = 0;

	for (size_t i = 0; i < l->n && !r; i++) {
		name = field_name(l, i);
		eu_buf_puts(text, i ? "," : open);
		put_key(s, text, name);
		r = add_piece(v, text, l->steps[i].fast_json, &l->steps[i]);
	}
	if (!l->n && *open == '{')
		eu_buf_puts(text, open);
	if (stacks)
		r = r ?: add_piece(v, text, STACKS, NULL);
	eu_buf_putc(text, '}');
	return r;
}

/* What is too long stays with the pieces. */
static void take_label(struct view *v, struct eu_buf *text)
{
	if (text->error || text->len > sizeof(v->label))
		return;
	memcpy(v->label, text->data, text->len);
	v->label_len = text->len;
	eu_buf_clear(text);
}

static int add_pieces(const struct eu_sink *s, struct view *v,
		      const struct eu_stream *st)
{
	eu_auto_buf struct eu_buf text = EU_BUF(1 << 16);
	const char *open = "{";
	int r = 0;

	if (s->labelled) {
		eu_buf_puts(&text, open);
		put_key(s, &text, "map");
		eu_buf_json(&text, st->name, strlen(st->name));
		open = ",";
		take_label(v, &text);
	}
	if (s->timed) {
		eu_buf_puts(&text, open);
		put_key(s, &text, "time");
		r = add_piece(v, &text, TIME, NULL);
		open = ",";
	}
	if (st->key) {
		eu_buf_puts(&text, open);
		put_key(s, &text, "key");
		r = r ?: add_members(s, v, &text, st->key, "{", st->n_stacks);
		eu_buf_putc(&text, ',');
		put_key(s, &text, "value");
		r = r ?: add_piece(v, &text, TO_VALUE, NULL);
		open = "{";
	}
	r = r ?: add_members(s, v, &text, st->value, open, st->n_stacks);
	eu_buf_puts(&text, st->key ? "}\n" : "\n");
	return r ?: add_piece(v, &text, TO_END, NULL);
}

static void json_finish(struct eu_sink *s, struct eu_stream *st)
{
	struct view *v = st->view;

	(void)s;
	if (!v)
		return;
	free(v->piece);
	free(v);
	st->view = NULL;
}

static int json_begin(struct eu_sink *s, struct eu_stream *st,
		      struct eu_error *err)
{
	struct view *v = calloc(1, sizeof(*v));

	st->view = v;
	if (!v || add_pieces(s, v, st)) {
		json_finish(s, st);
		return eu_error_oom(err);
	}
	v->most = st->value->max_json + (st->key ? st->key->max_json : 0) + 64 +
		  (v->n + 1) * sizeof(v->piece->text) + MAX_LABEL;
	return 0;
}

static inline char *put_string(char *p, const char *s, size_t n)
{
	*p++ = '"';
	if (__builtin_expect(!eu_fast_string(&p, &s, &n, true), 0))
		p = eu_fmt_json_rest(p, s, n);
	*p++ = '"';
	return p;
}

static inline char *put_label(char *p, const struct view *v)
{
	if (!v->label_len)
		return p;
	memcpy(p, v->label, MAX_LABEL);
	return p + v->label_len;
}

/* A record that ends before its type does, or has stack traces. */
static __attribute__((noinline, cold)) void put_slowly(struct eu_sink *s,
						       const struct eu_record *r)
{
	const struct eu_stream *st = r->stream;
	const struct view *v = st->view;
	const struct eu_layout *l = st->key ?: st->value;
	const char *data = st->key ? r->key : r->data;
	size_t size = st->key ? st->key->size : r->size;
	char *p;

	if (!eu_buf_room(&s->out, v->most + eu_layout_more(st->value, r->size)))
		return;
	p = put_label(s->out.data + s->out.len, v);
	for (const struct piece *f = v->piece; f < v->piece + v->n; f++) {
		memcpy(p, f->text, sizeof(f->text));
		p += f->len;
		if (f->step)
			p = eu_value_json(p, l, f->step, data, size);
		s->out.len = (size_t)(p - s->out.data);
		if (f->what == STACKS) {
			eu_stack_json(s, r, l == st->key, p[-1] != '{');
			if (!eu_buf_room(&s->out,
					 v->most + eu_layout_more(st->value,
								  r->size)))
				return;
			p = s->out.data + s->out.len;
		} else if (f->what == TIME) {
			p = eu_sink_put_time(s, p, r->when);
		} else if (f->what == TO_VALUE) {
			l = st->value;
			data = r->data;
			size = r->size;
		}
	}
}

#define PUT                                          \
	do {                                         \
		memcpy(p, f->text, sizeof(f->text)); \
		p += f->len;                         \
		at = data + f->offset;               \
		goto *labels[f->what];               \
	} while (0)
#define NEXT         \
	do {         \
		f++; \
		PUT; \
	} while (0)

/* A line of trace_pipe, and what it is made of behind it. */
static __attribute__((noinline, cold)) void put_line(struct eu_sink *s,
						     const struct eu_record *r)
{
	put_slowly(s, r);
	if (s->out.error || s->out.len < 2)
		return;
	s->out.len -= 2; /* "}", newline */
	eu_printk_json(&s->out, r->data, r->size);
	eu_buf_puts(&s->out, "}\n");
}

static void json_record(struct eu_sink *s, const struct eu_record *r)
{
	static const void *const labels[] = { EU_FAST_LABELS, &&just_text,
					      &&to_value, &&to_end, &&time };
	const struct eu_stream *st = r->stream;
	const struct eu_layout *l = st->value;
	const struct view *v = st->view;
	const struct piece *f = v->piece;
	const char *data = r->data, *at;
	char *p;

	if (!eu_buf_room(&s->out, v->most))
		return;
	if (__builtin_expect(r->size < l->whole || st->n_stacks, 0)) {
		if (st->printk)
			put_line(s, r);
		else
			put_slowly(s, r);
		return;
	}
	p = put_label(s->out.data + s->out.len, v);
	if (st->key) {
		data = r->key;
		l = st->key;
	}
	PUT;
	EU_FAST_NUMBERS(p, at, NEXT);
	EU_FAST_BIT_FIELDS(p, at, f->step, NEXT);
string:
	p = put_string(p, at, f->size);
	NEXT;
enumeration:
	*p++ = '"';
	p = eu_value_enum(p, l, f->step, at);
	*p++ = '"';
	NEXT;
other:
	p = eu_value_json(p, l, f->step, data, l->size);
	NEXT;
just_text:
	NEXT;
to_value:
	l = st->value;
	data = r->data;
	NEXT;
time:
	p = eu_sink_put_time(s, p, r->when);
	NEXT;
to_end:
	s->out.len = (size_t)(p - s->out.data);
}

const struct eu_sink_ops eu_sink_json = {
	.name = "json",
	.help = "one JSON object a line",
	.begin = json_begin,
	.record = json_record,
	.finish = json_finish,
	.takes_stacks = true,
};

static void array_record(struct eu_sink *s, const struct eu_record *r)
{
	eu_buf_puts(&s->out, s->begun ? ",\n" : "[\n");
	s->begun = true;
	json_record(s, r);
	/* The newline may be behind a comma. */
	if (s->out.len && s->out.data[s->out.len - 1] == '\n')
		s->out.len--;
}

static void array_end(struct eu_sink *s)
{
	eu_buf_puts(&s->out, s->begun ? "\n]\n" : "[]\n");
}

const struct eu_sink_ops eu_sink_json_array = {
	.name = "json-array",
	.help = "one JSON array of objects",
	.begin = json_begin,
	.record = array_record,
	.end = array_end,
	.finish = json_finish,
	.takes_stacks = true,
};
