/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "out/fast.h"
#include "out/hist.h"
#include "out/stack.h"

/*
 * Rows of text. The table ("text"): local time, then a column for each member
 * under its name in upper case, at least six wide. Its compact form
 * ("compact"): names in lower case, single spaces.
 *
 * A value that is too long for its column pushes the next ones to the right,
 * with one space between, until they find their columns again.
 */

enum { LABEL = 16 };
enum { MIN_WIDTH = 6 };

struct view {
	size_t n_key; /* columns of the key, which come first */
	size_t n;
	size_t label; /* width of the label column, or 0 */
	size_t most;  /* bytes of a row, at most */
	bool bare;    /* neither label nor time stand before the columns */
	/*
	 * What stands in that column, with its spaces; a longer one goes the
	 * long way.
	 */
	char label_text[LABEL];
	uint32_t start[]; /* column at which each value starts; compact: 0 */
};

/* Key and value of a map that are no structs have no names of their own. */
static const char *heading(const struct eu_stream *st, const struct view *v,
			   size_t i)
{
	const struct eu_layout *l = i < v->n_key ? st->key : st->value;
	const char *name = l->steps[i < v->n_key ? i : i - v->n_key].name;

	if (l->is_struct || (!st->key && *name))
		return name;
	return i < v->n_key ? "key" : "value";
}

/* Columns that a member has at least. */
static size_t min_width(const struct eu_stream *st, const struct view *v, size_t i)
{
	const struct eu_step *s = i < v->n_key ? &st->key->steps[i] :
						 &st->value->steps[i - v->n_key];

	return eu_max(eu_format_width(s->format), (size_t)MIN_WIDTH);
}

/*
 * The row's text up to the terminal's edge; what is cut off is "…". Spaces at
 * the end are nothing.
 */
static char *cut(char *row, char *end, size_t width)
{
	size_t columns = 0, at = 0, keep = 0, n;
	uint32_t cp;

	while (end > row && end[-1] == ' ')
		end--;
	while (at < (size_t)(end - row)) {
		n = eu_utf8_next(row + at, (size_t)(end - row) - at, &cp);
		columns += eu_utf8_width(cp);
		if (columns > width)
			break;
		at += n;
		/* One column is for the sign. */
		if (columns < width)
			keep = at;
	}
	if (columns <= width)
		return end;
	memcpy(row + keep, "…", strlen("…"));
	return row + keep + strlen("…");
}

/* Label and time, up to the space before the first column. */
static size_t put_first(struct eu_sink *s, const struct view *v, bool compact)
{
	const char *time = compact ? "time" : "TIME";
	size_t from = s->out.len, width = s->clock_len;

	if (v->label) {
		eu_buf_puts(&s->out, compact ? "map" : "MAP");
		eu_buf_fill(&s->out, ' ', compact ? 1 : v->label - 3);
	}
	if (!s->clock_len)
		return s->out.len - from;
	eu_buf_puts(&s->out, time);
	eu_buf_fill(&s->out, ' ', compact ? 1 : width + 1 - strlen(time));
	return s->out.len - from;
}

static void put_header(struct eu_sink *s, const struct eu_stream *st,
		       struct view *v, bool compact)
{
	size_t from, column, len;
	const char *name;

	eu_buf_puts(&s->out, eu_sink_bright(s));
	from = s->out.len;
	/* Without anything before it a row loses the space at its beginning. */
	column = put_first(s, v, compact) + v->bare;
	for (size_t i = 0; i < v->n; i++) {
		name = heading(st, v, i);
		len = strlen(name);
		if (!compact)
			v->start[i] = column;
		for (const char *c = name; *c; c++)
			eu_buf_putc(&s->out,
				    compact ? tolower((unsigned char)*c) :
					      toupper((unsigned char)*c));
		if (!compact)
			len = eu_max(len, min_width(st, v, i));
		if (!compact || i + 1 < v->n)
			eu_buf_fill(&s->out, ' ', len - strlen(name) + 1);
		column += len + 1;
	}
	if (!v->n && compact && s->out.len > from)
		s->out.len--;
	if (s->width && !s->out.error)
		s->out.len = (size_t)(cut(s->out.data + from,
					  s->out.data + s->out.len, s->width) -
				      s->out.data);
	eu_buf_puts(&s->out, eu_sink_plain(s));
	eu_buf_putc(&s->out, '\n');
}

static void set_label(struct view *v, const char *name, bool compact)
{
	size_t n = strlen(name);

	v->label = (compact ? n : eu_max(n, (size_t)MIN_WIDTH)) + 1;
	memset(v->label_text, ' ', LABEL);
	memcpy(v->label_text, name, eu_min(n, (size_t)LABEL));
}

static int begin(struct eu_sink *s, struct eu_stream *st, bool compact,
		 struct eu_error *err)
{
	size_t n_key = st->key ? st->key->n : 0, n = n_key + st->value->n;
	struct view *v;

	v = calloc(1, sizeof(*v) + n * sizeof(v->start[0]));
	if (!v)
		return eu_error_oom(err);
	v->n_key = n_key;
	v->n = n;
	if (s->labelled)
		set_label(v, st->name, compact);
	v->bare = !s->labelled && !s->clock_len;
	st->view = v;
	if (!st->hist && !st->lines)
		put_header(s, st, v, compact);
	/* Where no time follows, the space behind it is the first column's. */
	if (v->label && !s->clock_len)
		v->label--;
	/* Padding goes no further than the last column's start. */
	v->most = st->value->max_json + (st->key ? st->key->max_json : 0) +
		  (n ? v->start[n - 1] : 0) + v->label + 64 + n * 2;
	return 0;
}

static int text_begin(struct eu_sink *s, struct eu_stream *st,
		      struct eu_error *err)
{
	return begin(s, st, false, err);
}

static int compact_begin(struct eu_sink *s, struct eu_stream *st,
			 struct eu_error *err)
{
	return begin(s, st, true, err);
}

static void finish(struct eu_sink *s, struct eu_stream *st)
{
	(void)s;
	free(st->view);
	st->view = NULL;
}

/* @n of its bytes count. */
static inline char *put_label(char *p, const struct eu_stream *st,
			      const struct view *v)
{
	size_t n;

	if (__builtin_expect(v->label <= LABEL, 1)) {
		memcpy(p, v->label_text, LABEL);
		return p + v->label;
	}
	n = strlen(st->name);
	memcpy(p, st->name, n);
	memset(p + n, ' ', v->label - n);
	return p + v->label;
}

/* The first space of a row that has nothing before it; the edge. */
static char *finish_row(const struct eu_sink *s, const struct view *v,
			char *row, char *p)
{
	if (v->bare && p > row) {
		memmove(row, row + 1, (size_t)(p - row) - 1);
		p--;
	}
	return s->width ? cut(row, p, s->width) : p;
}

/*
 * A row as it is written: @base is where column 0 would stand if every byte
 * took a column, so that p - base is the column. Characters that take fewer
 * columns than bytes move it.
 */
static char *put_other(char *p, const char **base, const struct eu_layout *l,
		       const struct eu_step *s, const char *data, size_t size)
{
	size_t width = 0;
	char *end = eu_value_text(p, l, s, data, size, &width);

	*base += (size_t)(end - p) - width;
	return end;
}

static inline char *put_string(char *p, const char **base, const char *s, size_t n)
{
	size_t width = 0;
	char *from;

	if (__builtin_expect(eu_fast_string(&p, &s, &n, false), 1))
		return p;
	from = p;
	p = eu_fmt_text(p, s, n, &width);
	*base += (size_t)(p - from) - width;
	return p;
}

/* The columns of a key, or of a record that ends before its type does. */
static char *put_columns(char *p, const char **base, const struct eu_layout *l,
			 const uint32_t *start, const char *data, size_t size)
{
	for (const struct eu_step *s = l->steps; s < l->steps + l->n; s++) {
		p = eu_fast_pad(p, *base + *start++);
		p = put_other(p, base, l, s, data, size);
	}
	return p;
}

/*
 * A line of text: whoever is traced may have a say in it, so that it must not
 * reach a terminal as it is. Tabs are the program's own columns and stay.
 */
static void put_line(struct eu_buf *out, const char *line, size_t n)
{
	size_t run, width = 0;
	const char *tab;
	char *p;

	if (!eu_buf_room(out, n * EU_FMT_BYTE + 1))
		return;
	p = out->data + out->len;
	for (; (tab = memchr(line, '\t', n)); line += run, n -= run) {
		run = tab - line + 1;
		p = eu_fmt_text(p, line, run - 1, &width);
		*p++ = '\t';
	}
	p = eu_fmt_text(p, line, n, &width);
	*p++ = '\n';
	out->len = (size_t)(p - out->data);
}

/* What is no row of columns. */
static void put_special(struct eu_sink *s, const struct eu_record *r)
{
	if (r->stream->hist)
		eu_hist_record(s, r);
	else
		put_line(&s->out, r->data, r->size);
}

/* A member at its column, but behind one space at least. */
#define PUT                                        \
	do {                                       \
		if (step == last)                  \
			goto end;                  \
		p = eu_fast_pad(p, base + *start); \
		at = data + step->offset;          \
		goto *labels[step->fast];          \
	} while (0)
#define NEXT             \
	do {             \
		step++;  \
		start++; \
		PUT;     \
	} while (0)

static void record(struct eu_sink *s, const struct eu_record *r)
{
	static const void *const labels[] = { EU_FAST_LABELS };
	const struct eu_stream *st = r->stream;
	const struct view *v = st->view;
	const struct eu_layout *l = st->value;
	const struct eu_step *step = l->steps, *last = l->steps + l->n;
	const uint32_t *start = v->start + v->n_key;
	const char *base, *data = r->data, *at;
	char *p, *row;

	if (__builtin_expect(st->hist || st->lines, 0)) {
		put_special(s, r);
		return;
	}
	if (!eu_buf_room(&s->out, v->most) ||
	    (l->rest_size &&
	     !eu_buf_room(&s->out, v->most + eu_layout_more(l, r->size))))
		return;
	p = s->out.data + s->out.len;
	base = p;
	row = p;
	if (v->label)
		p = put_label(p, st, v);
	memcpy(p, eu_sink_clock(s, r->when), EU_SINK_CLOCK);
	p += s->clock_len;
	if (st->key)
		p = put_columns(p, &base, st->key, v->start, r->key,
				st->key->size);
	if (__builtin_expect(r->size < l->whole, 0)) {
		p = put_columns(p, &base, l, start, data, r->size);
		goto end;
	}
	PUT;
	EU_FAST_NUMBERS(p, at, NEXT);
	EU_FAST_BIT_FIELDS(p, at, step, NEXT);
string:
	p = put_string(p, &base, at, step->size);
	NEXT;
enumeration:
	p = eu_value_enum(p, l, step, at);
	NEXT;
other:
	p = put_other(p, &base, l, step, data, l->size);
	NEXT;
end:
	/* The terminal may be another size than it was. */
	if (__builtin_expect(v->bare || s->width, 0))
		p = finish_row(s, v, row, p);
	*p++ = '\n';
	s->out.len = (size_t)(p - s->out.data);
	if (__builtin_expect(st->n_stacks > 0, 0))
		eu_stack_text(s, r);
}

const struct eu_sink_ops eu_sink_text = {
	.name = "text",
	.help = "a table with aligned columns",
	.begin = text_begin,
	.record = record,
	.finish = finish,
	.takes_stacks = true,
};

const struct eu_sink_ops eu_sink_compact = {
	.name = "compact",
	.help = "rows with single spaces",
	.begin = compact_begin,
	.record = record,
	.finish = finish,
	.takes_stacks = true,
};
