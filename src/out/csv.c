/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "out/field.h"
#include "out/sink.h"
#include "out/value.h"

/*
 * Comma-separated values as RFC 4180 has them: a header, a line for each
 * record, CR LF at its end. Members of structs have columns of their own
 * ("at.port"), arrays are JSON in one. Of several streams each line says which
 * it is of, and the columns are those of all.
 */

enum { MAX_COLUMNS = 4096, MAX_DEPTH = 8, MAX_NAME = 256, MAX_CELL = 64 << 20 };

struct cell {
	struct eu_field field;
	size_t column;
};

struct view {
	struct cell *cells;
	size_t n;
};

/* Of all streams. */
struct table {
	char **names;
	size_t n;
	struct cell const **row; /* the cell of each column, or NULL */
	struct eu_buf cell;
	bool headed;
};

static struct table *table(struct eu_sink *s)
{
	struct table *t = s->state;

	if (t)
		return t;
	t = s->state = calloc(1, sizeof(*t));
	if (t)
		eu_buf_init(&t->cell, MAX_CELL);
	return t;
}

static void put_cell(struct eu_buf *out, const char *text, size_t n)
{
	const char *end = text + n, *quote;
	bool quoted = n && (*text == ' ' || end[-1] == ' ');

	for (size_t i = 0; i < n && !quoted; i++)
		quoted = strchr("\",\r\n", text[i]) && text[i];
	if (!quoted) {
		eu_buf_put(out, text, n);
		return;
	}
	eu_buf_putc(out, '"');
	while ((quote = memchr(text, '"', (size_t)(end - text)))) {
		eu_buf_put(out, text, (size_t)(quote + 1 - text));
		eu_buf_putc(out, '"');
		text = quote + 1;
	}
	eu_buf_put(out, text, (size_t)(end - text));
	eu_buf_putc(out, '"');
}

/* The same name in another stream is the same column. */
static int column(struct table *t, const char *name, size_t *ret)
{
	int r;

	for (*ret = 0; *ret < t->n; ++*ret)
		if (!strcmp(t->names[*ret], name))
			return 0;
	r = eu_array_grow(&t->names, t->n, sizeof(*t->names), MAX_COLUMNS);
	if (r)
		return r;
	t->names[t->n] = strdup(name);
	return t->names[t->n] ? (t->n++, 0) : -ENOMEM;
}

static int add(struct table *t, struct view *v, const struct eu_field *f,
	       const char *name, int depth)
{
	const struct eu_step *s = &f->step;
	char path[MAX_NAME];
	struct eu_field inner;
	size_t at;
	int r = 0;

	if (s->kind == EU_STEP_STRUCT && !s->format && depth < MAX_DEPTH) {
		for (uint32_t i = 0; i < s->count && !r; i++) {
			inner = *f;
			inner.step = f->layout->steps[s->child + i];
			inner.base += s->offset;
			snprintf(path, sizeof(path), "%s.%s", name,
				 inner.step.name);
			r = add(t, v, &inner, path, depth + 1);
		}
		return r;
	}
	r = column(t, name, &at);
	if (!r)
		r = eu_array_grow(&v->cells, v->n, sizeof(*v->cells),
				  MAX_COLUMNS);
	if (!r)
		v->cells[v->n++] = (struct cell){ *f, at };
	return r;
}

/* A value's member that is called as one of the key says whose it is. */
static int add_layout(struct table *t, struct view *v,
		      const struct eu_stream *st, bool in_key)
{
	const struct eu_layout *l = in_key ? st->key : st->value;
	char path[MAX_NAME];
	int r = 0;

	for (uint32_t i = 0; l && i < l->n && !r; i++) {
		const struct eu_field f = { .layout = l,
					    .step = l->steps[i],
					    .in_key = in_key };
		const char *name = eu_field_name(st, in_key, i);
		bool twice = !in_key && st->key &&
			     eu_layout_member(st->key, name);

		snprintf(path, sizeof(path), "%s%s", twice ? "value." : "", name);
		r = add(t, v, &f, path, 0);
	}
	return r;
}

static void put_header(struct eu_sink *s)
{
	struct table *t = s->state;

	t->headed = true;
	if (s->timed)
		eu_buf_puts(&s->out, t->n ? "time," : "time");
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			eu_buf_putc(&s->out, ',');
		put_cell(&s->out, t->names[i], strlen(t->names[i]));
	}
	eu_buf_puts(&s->out, "\r\n");
}

static void csv_finish(struct eu_sink *s, struct eu_stream *st)
{
	struct view *v = st->view;

	(void)s;
	free(v->cells);
	free(v);
	st->view = NULL;
}

static int csv_begin(struct eu_sink *s, struct eu_stream *st, struct eu_error *err)
{
	struct view *v = calloc(1, sizeof(*v));
	struct table *t = table(s);
	size_t map;
	int r = v && t ? 0 : -ENOMEM;

	st->view = v;
	if (!r && s->labelled)
		r = column(t, "map", &map);
	r = r ?: add_layout(t, v, st, true);
	r = r ?: add_layout(t, v, st, false);
	if (r)
		return eu_error_grow(err, r, MAX_COLUMNS, "columns");
	/* Others may bring more. */
	if (!s->labelled)
		put_header(s);
	return 0;
}

/* What JSON says of times and numbers is what other programs read. */
static bool for_machines(const struct eu_step *s)
{
	return s->format && s->format != EU_FORMAT_CGROUP;
}

/* JSON without the quotes of a text; nothing where there is no value. */
static void put_unquoted(struct eu_buf *out, const char *text, const char *end)
{
	bool quoted = *text == '"';

	if (*text != 'n')
		put_cell(out, text + quoted, (size_t)(end - text) - quoted * 2u);
}

static void put_value(struct eu_sink *s, const struct cell *c,
		      const struct eu_record *r)
{
	struct table *t = s->state;
	size_t size, columns = 0;
	const char *base = eu_field_at(&c->field, r, &size);
	const struct eu_layout *l = c->field.layout;
	char *end;

	if (!eu_value_there(&c->field.step, size))
		return;
	eu_buf_clear(&t->cell);
	if (!eu_buf_room(&t->cell, l->max_json + eu_layout_more(l, size)))
		return;
	if (!for_machines(&c->field.step)) {
		end = eu_value_text(t->cell.data, l, &c->field.step, base, size,
				    &columns);
		put_cell(&s->out, t->cell.data, (size_t)(end - t->cell.data));
		return;
	}
	end = eu_value_json(t->cell.data, l, &c->field.step, base, size);
	put_unquoted(&s->out, t->cell.data, end);
}

static void put_time(struct eu_sink *s, uint64_t when, bool more)
{
	char text[64];

	put_unquoted(&s->out, text, eu_sink_put_time(s, text, when));
	if (more)
		eu_buf_putc(&s->out, ',');
}

static void csv_record(struct eu_sink *s, const struct eu_record *r)
{
	const struct view *v = r->stream->view;
	struct table *t = s->state;

	if (!t->headed)
		put_header(s);
	if (!t->row)
		t->row = calloc(t->n ?: 1, sizeof(*t->row));
	if (!t->row) {
		s->out.error = -ENOMEM;
		return;
	}
	memset(t->row, 0, t->n * sizeof(*t->row));
	for (size_t i = 0; i < v->n; i++)
		t->row[v->cells[i].column] = &v->cells[i];
	if (s->timed)
		put_time(s, r->when, t->n);
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			eu_buf_putc(&s->out, ',');
		if (!i && s->labelled)
			put_cell(&s->out, r->stream->name,
				 strlen(r->stream->name));
		else if (t->row[i])
			put_value(s, t->row[i], r);
	}
	eu_buf_puts(&s->out, "\r\n");
}

static void csv_end(struct eu_sink *s)
{
	struct table *t = s->state;

	if (t && !t->headed)
		put_header(s);
}

static void csv_done(struct eu_sink *s)
{
	struct table *t = s->state;

	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->names[i]);
	free(t->names);
	free(t->row);
	eu_buf_done(&t->cell);
	free(t);
}

const struct eu_sink_ops eu_sink_csv = {
	.name = "csv",
	.help = "comma-separated values",
	.begin = csv_begin,
	.record = csv_record,
	.end = csv_end,
	.finish = csv_finish,
	.done = csv_done,
};
