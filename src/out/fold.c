/* SPDX-License-Identifier: MIT */
#include "out/fold.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/fmt.h"
#include "out/stack.h"
#include "out/value.h"

enum {
	FIRST = 1024,
	MAX_LINES = 1 << 20,
	MAX_TEXT = 256 << 20, /* of all lines */
	MAX_LINE = 1 << 20,
};

struct entry {
	const struct eu_stream *stream;
	size_t at; /* in the text */
	size_t len;
	uint64_t count;
	uint32_t hash;
	bool used;
};

/* What was gathered. Beyond the limits all goes to one line "(other)". */
struct fold {
	struct entry *table;
	size_t n, cap; /* a power of two */
	struct eu_buf text;
	struct eu_buf line; /* being made */
	struct eu_fold_line *sorted;
};

/* Of a stream. */
struct view {
	const struct eu_step *comm, *count;
	bool comm_in_key;
	bool over; /* the last round; the next record begins another */
};

static const struct eu_step *find_comm(const struct eu_layout *l)
{
	const struct eu_step *s = l ? eu_layout_member(l, "comm") : NULL;

	return s && s->kind == EU_STEP_STRING ? s : NULL;
}

static const struct eu_step *find_count(const struct eu_stream *st)
{
	const struct eu_step *s = st->value->steps;

	for (size_t i = 0; st->key && i < st->value->n; i++)
		if (s[i].kind == EU_STEP_INT || s[i].kind == EU_STEP_UINT)
			return &s[i];
	return NULL;
}

int eu_fold_begin(struct eu_sink *s, struct eu_stream *st, struct eu_error *err)
{
	struct fold *f = s->state ?: calloc(1, sizeof(*f));
	struct view *v = calloc(1, sizeof(*v));

	s->state = f;
	st->view = v;
	if (!f || !v)
		return eu_error_oom(err);
	f->text.max = MAX_TEXT;
	f->line.max = MAX_LINE;
	v->comm = find_comm(st->key);
	v->comm_in_key = v->comm != NULL;
	v->comm = v->comm ?: find_comm(st->value);
	v->count = find_count(st);
	return 0;
}

void eu_fold_finish(struct eu_sink *s, struct eu_stream *st)
{
	(void)s;
	free(eu_take_ptr(st->view));
}

void eu_fold_done(struct eu_sink *s)
{
	struct fold *f = s->state;

	if (!f)
		return;
	free(f->table);
	free(f->sorted);
	eu_buf_done(&f->text);
	eu_buf_done(&f->line);
	free(eu_take_ptr(s->state));
}

static void separate(struct eu_buf *b)
{
	if (b->len)
		eu_buf_putc(b, ';');
}

/* What separates names and lines must be in none, and nothing unprintable. */
static void put_name(struct eu_buf *b, const char *name, size_t n)
{
	size_t from, columns = 0;
	char *end;

	if (!eu_buf_room(b, n * EU_FMT_BYTE))
		return;
	from = b->len;
	end = eu_fmt_text(b->data + from, name, n, &columns);
	b->len = (size_t)(end - b->data);
	for (size_t i = from; i < b->len; i++)
		if (b->data[i] == ';')
			b->data[i] = ':';
}

static void put_frame(struct eu_buf *b, const struct eu_frame *f, bool kernel)
{
	const char *file;

	separate(b);
	if (f->name) {
		put_name(b, f->name, strlen(f->name));
	} else if (f->module) {
		file = eu_path_name(f->module);
		eu_buf_putc(b, '[');
		put_name(b, file, strlen(file));
		eu_buf_putc(b, ']');
	} else {
		eu_buf_puts(b, "[unknown]");
	}
	if (kernel)
		eu_buf_puts(b, "_[k]");
}

static void put_stack(struct eu_sink *s, struct eu_buf *b,
		      const struct eu_record *r, size_t i)
{
	const struct eu_frame *f;
	size_t n;

	f = eu_stack_frames(s, r, i, &n);
	while (n)
		put_frame(b, &f[--n], !r->stream->stacks[i].user);
}

static void put_comm(struct eu_buf *b, const struct eu_record *r)
{
	const struct view *v = r->stream->view;
	const struct eu_step *c = v->comm;
	size_t size = v->comm_in_key ? r->stream->key->size : r->size;
	const char *data = v->comm_in_key ? r->key : r->data;

	if (!c || c->offset >= size)
		return;
	data += c->offset;
	put_name(b, data, strnlen(data, eu_min(size - c->offset, c->size)));
}

/* The line of a record into f->line. */
static void make_line(struct eu_sink *s, struct fold *f,
		      const struct eu_record *r)
{
	eu_buf_clear(&f->line);
	put_comm(&f->line, r);
	for (int kernel = 0; kernel < 2; kernel++)
		for (size_t i = 0; i < r->stream->n_stacks; i++)
			if (r->stream->stacks[i].user != kernel)
				put_stack(s, &f->line, r, i);
	if (!f->line.len)
		eu_buf_puts(&f->line, "[unknown]");
}

static uint32_t hash_of(const char *p, size_t n)
{
	uint64_t h = n, w;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 29;
	}
	for (; n; n--)
		h = (h ^ (unsigned char)*p++) * 0x100000001b3ull;
	return (uint32_t)(h >> 32);
}

static struct entry *place_of(const struct fold *f, const struct eu_stream *st,
			      const char *text, size_t len, uint32_t hash)
{
	for (size_t i = hash;; i++) {
		struct entry *e = &f->table[i & (f->cap - 1)];

		if (!e->used)
			return e;
		if (e->hash == hash && e->stream == st && e->len == len &&
		    !memcmp(f->text.data + e->at, text, len))
			return e;
	}
}

static bool make_room(struct fold *f)
{
	struct fold old = *f;

	if (f->cap && f->n * 2 < f->cap)
		return true;
	f->cap = eu_max(old.cap * 2, (size_t)FIRST);
	f->table = calloc(f->cap, sizeof(*f->table));
	if (!f->table) {
		*f = old;
		return false;
	}
	for (size_t i = 0; i < old.cap; i++) {
		const struct entry *e = &old.table[i];

		if (e->used)
			*place_of(f, e->stream, f->text.data + e->at, e->len,
				  e->hash) = *e;
	}
	free(old.table);
	return true;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

static void count(struct fold *f, const struct eu_stream *st, const char *text,
		  size_t len, uint64_t n)
{
	uint32_t hash = hash_of(text, len);
	struct entry *e = place_of(f, st, text, len, hash);

	if (!e->used) {
		*e = (struct entry){
			.stream = st,
			.at = f->text.len,
			.len = len,
			.hash = hash,
			.used = true,
		};
		eu_buf_put(&f->text, text, len);
		f->n++;
	}
	e->count = sum(e->count, n);
}

/* A map that is not emptied tells all of it again in each round. */
static void forget(struct fold *f, const struct eu_stream *st)
{
	for (size_t i = 0; i < f->cap; i++)
		if (f->table[i].stream == st)
			f->table[i].count = 0;
}

/* What is below zero counts nothing. */
static uint64_t count_of(const struct eu_step *s, const struct eu_record *r)
{
	int64_t n = eu_value_int(s, r->data, r->size);

	return s->kind == EU_STEP_INT && n < 0 ? 0 : (uint64_t)n;
}

void eu_fold_record(struct eu_sink *s, const struct eu_record *r)
{
	static const char other[] = "(other)";
	struct view *v = r->stream->view;
	struct fold *f = s->state;
	uint64_t n = 1;

	if (!r->stream->n_stacks)
		return;
	if (v->over && r->stream->kept)
		forget(f, r->stream);
	v->over = false;
	if (v->count)
		n = count_of(v->count, r);
	make_line(s, f, r);
	if (!make_room(f)) {
		s->out.error = -ENOMEM;
		return;
	}
	if (f->line.error || f->n >= MAX_LINES ||
	    f->text.len + f->line.len > MAX_TEXT - sizeof(other))
		count(f, r->stream, other, sizeof(other) - 1, n);
	else
		count(f, r->stream, f->line.data ?: "", f->line.len, n);
}

void eu_fold_round(struct eu_sink *s, const struct eu_stream *st)
{
	struct view *v = st->view;

	/* One without entries leaves nothing of those before. */
	if (v->over && st->kept)
		forget(s->state, st);
	v->over = true;
}

/* Name by name: ";" comes before all that names consist of. */
static int by_text(const void *a, const void *b)
{
	const struct eu_fold_line *x = a, *y = b;
	size_t n = eu_min(x->len, y->len), i = 0;
	unsigned char c, d;

	while (i < n && x->text[i] == y->text[i])
		i++;
	if (i == n)
		return (x->len > y->len) - (x->len < y->len);
	c = (unsigned char)x->text[i];
	d = (unsigned char)y->text[i];
	return (c == ';' ? 0 : c) - (d == ';' ? 0 : d);
}

const struct eu_fold_line *eu_fold_lines(struct eu_sink *s, size_t *ret_n)
{
	struct fold *f = s->state;
	struct eu_fold_line *l;
	size_t n = 0, kept = 0;

	*ret_n = 0;
	if (!f || !f->n)
		return NULL;
	free(f->sorted);
	l = f->sorted = calloc(f->n, sizeof(*l));
	if (!l) {
		s->out.error = -ENOMEM;
		return NULL;
	}
	for (size_t i = 0; i < f->cap; i++)
		if (f->table[i].used && f->table[i].count)
			l[n++] = (struct eu_fold_line){
				.text = f->text.data + f->table[i].at,
				.len = f->table[i].len,
				.count = f->table[i].count,
			};
	qsort(l, n, sizeof(*l), by_text);
	/* Several streams may have the same line. */
	for (size_t i = 0; i < n; i++) {
		if (kept && !by_text(&l[kept - 1], &l[i]))
			l[kept - 1].count = sum(l[kept - 1].count, l[i].count);
		else
			l[kept++] = l[i];
	}
	*ret_n = kept;
	return kept ? l : NULL;
}

static void folded_end(struct eu_sink *s)
{
	const struct eu_fold_line *l;
	size_t n;

	l = eu_fold_lines(s, &n);
	for (size_t i = 0; i < n; i++) {
		eu_buf_put(&s->out, l[i].text, l[i].len);
		eu_buf_putc(&s->out, ' ');
		eu_buf_u64(&s->out, l[i].count);
		eu_buf_putc(&s->out, '\n');
		if (eu_sink_full(s) && eu_sink_flush(s))
			return;
	}
}

const struct eu_sink_ops eu_sink_folded = {
	.name = "folded",
	.help = "counted stacks, one a line, at the end",
	.begin = eu_fold_begin,
	.record = eu_fold_record,
	.round = eu_fold_round,
	.end = folded_end,
	.finish = eu_fold_finish,
	.done = eu_fold_done,
	.takes_stacks = true,
	.needs_stacks = true,
};
