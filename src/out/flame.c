/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "out/fold.h"

/*
 * A flame graph: what --format folded gathers, as one SVG image. A frame is as
 * wide as its count, stands on who called it, and tells name and count when
 * pointed at. The same lines give the same bytes.
 */

enum {
	WIDTH = 1200, /* pixels */
	MARGIN = 10,
	ROW = 17,
	HEAD = 40,
	LETTER = 7, /* pixels that a letter takes, about */
	MAX_DEPTH = 4096,
	LEAST = 1, /* tenths of a pixel below which nothing is drawn */
};

struct frame {
	const char *name;
	size_t len;
	uint64_t from; /* the counts left of it */
};

struct graph {
	struct eu_sink *s;
	uint64_t total;
	uint32_t rows;
	struct frame open[MAX_DEPTH];
	size_t n;
};

/* The next name of a line, without what separates it; false behind the last. */
static bool next_name(const char **p, const char *end, struct frame *f)
{
	const char *to;

	if (*p >= end)
		return false;
	to = memchr(*p, ';', (size_t)(end - *p)) ?: end;
	f->name = *p;
	f->len = (size_t)(to - *p);
	*p = to + 1;
	return true;
}

static uint32_t depth_of(const struct eu_fold_line *l)
{
	const char *p = l->text;
	struct frame f;
	uint32_t n = 0;

	while (n < MAX_DEPTH && next_name(&p, l->text + l->len, &f))
		n++;
	return n;
}

/* Two characters of UTF-8 are none of XML. */
static void put_xml(struct eu_buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '<': eu_buf_puts(b, "&lt;"); break;
		case '>': eu_buf_puts(b, "&gt;"); break;
		case '&': eu_buf_puts(b, "&amp;"); break;
		case '\xef':
			if (n - i >= 3 && s[i + 1] == '\xbf' &&
			    (unsigned char)s[i + 2] >= 0xbe) {
				eu_buf_putc(b, '?');
				i += 2;
				break;
			}
			/* fallthrough */
		default: eu_buf_putc(b, s[i]);
		}
	}
}

static bool is_kernel(const struct frame *f)
{
	return f->len > 4 && !memcmp(f->name + f->len - 4, "_[k]", 4);
}

/* Warm for programs, cold for the kernel; a name has one colour everywhere. */
static void put_colour(struct eu_buf *b, const struct frame *f, size_t depth)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < f->len; i++)
		h = (h ^ (unsigned char)f->name[i]) * 16777619u;
	h ^= h >> 15;
	if (!depth)
		eu_buf_puts(b, "rgb(220,220,220)");
	else if (is_kernel(f))
		eu_buf_printf(b, "rgb(%u,%u,%u)", 90 + h % 60,
			      150 + h / 60 % 60, 200 + h / 3600 % 55);
	else
		eu_buf_printf(b, "rgb(%u,%u,%u)", 205 + h % 50,
			      100 + h / 50 % 120, h / 6000 % 70);
}

/* How many bytes the first @letters characters take; all if there are fewer. */
static size_t letters(const char *s, size_t n, size_t most)
{
	size_t i = 0;

	for (; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80 && !most--)
			break;
	return i;
}

static void put_label(struct eu_buf *b, const struct frame *f, uint64_t x,
		      uint64_t y, uint64_t width)
{
	size_t room = width / 10 / LETTER, n = f->len;
	bool cut;

	if (room < 3)
		return;
	cut = letters(f->name, n, room) < n;
	n = letters(f->name, n, cut ? room - 2 : room);
	eu_buf_printf(b, "<text x=\"%" PRIu64 ".%" PRIu64 "\" y=\"%" PRIu64 "\">",
		      (x + 30) / 10, (x + 30) % 10, y + 12);
	put_xml(b, f->name, n);
	eu_buf_puts(b, cut ? "..</text>" : "</text>");
}

/* In tenths of a pixel. */
static uint64_t position(const struct graph *g, uint64_t count)
{
	return eu_scale(count, (WIDTH - 2 * MARGIN) * 10, g->total);
}

/* Closes the frame opened last, at @to. */
static void close_frame(struct graph *g, uint64_t to)
{
	const struct frame *f = &g->open[--g->n];
	uint64_t x = position(g, f->from), width = position(g, to) - x;
	uint64_t y = HEAD + (uint64_t)(g->rows - 1 - g->n) * ROW;
	uint64_t part = eu_scale(to - f->from, 10000, g->total);
	struct eu_buf *b = &g->s->out;

	if (width < LEAST)
		return;
	x += MARGIN * 10;
	eu_buf_puts(b, "<g><title>");
	put_xml(b, f->name, f->len);
	eu_buf_printf(b, " (%" PRIu64 ", %" PRIu64 ".%02" PRIu64 "%%)</title>",
		      to - f->from, part / 100, part % 100);
	eu_buf_printf(b,
		      "<rect x=\"%" PRIu64 ".%" PRIu64 "\" y=\"%" PRIu64
		      "\" width=\"%" PRIu64 ".%" PRIu64
		      "\" height=\"%d\" fill=\"",
		      x / 10, x % 10, y, width / 10, width % 10, ROW - 1);
	put_colour(b, f, g->n);
	eu_buf_puts(b, "\"/>");
	put_label(b, f, x, y, width);
	eu_buf_puts(b, "</g>\n");
	if (eu_sink_full(g->s))
		eu_sink_flush(g->s);
}

/* Behind the first frame, "all", stands what the line says. */
static void add_line(struct graph *g, const struct eu_fold_line *l, uint64_t at)
{
	const char *p = l->text, *end = l->text + l->len;
	struct frame f = { .from = at };
	size_t depth = 1;
	bool more;

	while ((more = next_name(&p, end, &f)) && depth < g->n &&
	       f.len == g->open[depth].len &&
	       !memcmp(f.name, g->open[depth].name, f.len))
		depth++;
	while (g->n > depth)
		close_frame(g, at);
	for (; more && g->n < MAX_DEPTH; more = next_name(&p, end, &f))
		g->open[g->n++] = f;
}

static void put_head(struct graph *g)
{
	uint64_t height = HEAD + (uint64_t)g->rows * ROW + MARGIN;
	struct eu_buf *b = &g->s->out;

	eu_buf_printf(
		b,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%" PRIu64
		"\" viewBox=\"0 0 %d %" PRIu64 "\">\n",
		WIDTH, height, WIDTH, height);
	eu_buf_puts(
		b,
		"<style>text{font:12px monospace;pointer-events:none}rect{rx:2px}g:hover rect{stroke:#000}</style>\n");
	eu_buf_printf(b,
		      "<rect width=\"%d\" height=\"%" PRIu64
		      "\" fill=\"#fff\"/>\n<text x=\"%d\" y=\"24\">Flame graph: %" PRIu64
		      " in all</text>\n",
		      WIDTH, height, MARGIN, g->total);
}

static void draw(struct graph *g, const struct eu_fold_line *l, size_t n)
{
	uint64_t at = 0;

	for (size_t i = 0; i < n; i++) {
		/* Sums beyond 64 bits would be no picture either. */
		if (__builtin_add_overflow(g->total, l[i].count, &g->total))
			g->total = UINT64_MAX;
		g->rows = eu_max(g->rows, depth_of(&l[i]) + 1);
	}
	put_head(g);
	if (g->total) {
		g->open[g->n++] = (struct frame){ "all", 3, 0 };
		for (size_t i = 0; i < n; i++) {
			add_line(g, &l[i], at);
			at = l[i].count > g->total - at ? g->total :
							  at + l[i].count;
		}
		while (g->n)
			close_frame(g, at);
	}
	eu_buf_puts(&g->s->out, "</svg>\n");
}

static void flame_end(struct eu_sink *s)
{
	eu_auto_free struct graph *g = calloc(1, sizeof(*g));
	const struct eu_fold_line *l;
	size_t n;

	if (!g) {
		s->out.error = -ENOMEM;
		return;
	}
	g->s = s;
	l = eu_fold_lines(s, &n);
	draw(g, l, n);
}

const struct eu_sink_ops eu_sink_flamegraph = {
	.name = "flamegraph",
	.help = "the same as an SVG image",
	.begin = eu_fold_begin,
	.record = eu_fold_record,
	.round = eu_fold_round,
	.end = flame_end,
	.finish = eu_fold_finish,
	.done = eu_fold_done,
	.takes_stacks = true,
	.needs_stacks = true,
};
