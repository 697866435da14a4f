/* SPDX-License-Identifier: MIT */
#include "out/hist.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "out/value.h"

enum { MAX_SLOTS = 64 };

static void stars(struct eu_buf *out, uint64_t v, uint64_t max, int width)
{
	int n = (int)eu_scale(v, width, max);

	eu_buf_fill(out, '*', n);
	eu_buf_fill(out, ' ', width - n);
}

void eu_hist_draw(struct eu_buf *out, const uint64_t *slots, size_t n,
		  const char *unit)
{
	uint64_t max = 0, low, high;
	size_t last = 0;
	int digits, width;

	n = eu_min(n, (size_t)MAX_SLOTS);
	for (size_t i = 0; i < n; i++) {
		max = eu_max(max, slots[i]);
		last = slots[i] ? i : last;
	}
	if (!max)
		return;
	/* Above 2^32 the numbers take twice the room, the stars half. */
	digits = last <= 32 ? 10 : 20;
	width = last <= 32 ? 40 : 20;
	eu_buf_printf(out, "%*s%-*s : count    distribution\n",
		      last <= 32 ? 5 : 15, "", last <= 32 ? 19 : 29, unit);
	for (size_t i = 0; i <= last; i++) {
		low = i ? 1ull << i : 0;
		high = i == 63 ? UINT64_MAX : (1ull << (i + 1)) - 1;
		eu_buf_printf(out, "%*llu -> %-*llu : %-8llu |", digits,
			      (unsigned long long)low, digits,
			      (unsigned long long)high,
			      (unsigned long long)slots[i]);
		stars(out, slots[i], max, width);
		eu_buf_puts(out, "|\n");
	}
}

void eu_hist_draw_slots(struct eu_buf *out, const uint64_t *slots, size_t n,
			const int64_t *bounds, size_t n_bounds, const char *unit)
{
	uint64_t max = 0;
	size_t last = 0;

	n = eu_min(n, n_bounds);
	for (size_t i = 0; i < n; i++) {
		max = eu_max(max, slots[i]);
		last = slots[i] ? i : last;
	}
	if (!max)
		return;
	eu_buf_printf(out, "%5s%-19s : count    distribution\n", "", unit);
	for (size_t i = 0; i <= last; i++) {
		if (i + 1 < n_bounds)
			eu_buf_printf(out, "%10" PRId64 " -> %-10" PRId64,
				      bounds[i], bounds[i + 1] - 1);
		else
			eu_buf_printf(out, "%10" PRId64 " -> %-10s", bounds[i],
				      "...");
		eu_buf_printf(out, " : %-8" PRIu64 " |", slots[i]);
		stars(out, slots[i], max, 40);
		eu_buf_puts(out, "|\n");
	}
}

static void put_text(struct eu_sink *s, const struct eu_layout *l,
		     const struct eu_step *step, const char *data, size_t size)
{
	size_t columns;

	if (!eu_buf_room(&s->out, l->max_json))
		return;
	s->out.len = eu_value_text(s->out.data + s->out.len, l, step, data,
				   size, &columns) -
		     s->out.data;
}

/* The integer at @at of the value; 0 if the value ends before. */
static uint64_t slot(const struct eu_record *r, size_t at,
		     const struct eu_step *e)
{
	if (at >= r->size)
		return 0;
	return eu_value_int(e, (const char *)r->data + at, r->size - at);
}

/*
 * Which map and when, as in front of a row: where there are several, or times
 * were asked for.
 */
static void put_heading(struct eu_sink *s, const struct eu_record *r)
{
	if (!s->labelled && !s->timed)
		return;
	eu_buf_puts(&s->out, r->stream->name);
	if (s->clock_len) {
		eu_buf_putc(&s->out, ' ');
		eu_buf_put(&s->out, eu_sink_clock(s, r->when), s->clock_len);
	}
	eu_buf_putc(&s->out, '\n');
}

void eu_hist_record(struct eu_sink *s, const struct eu_record *r)
{
	const struct eu_layout *k = r->stream->key, *v = r->stream->value;
	const struct eu_step *slots = eu_layout_member(v, "slots"), *e;
	uint64_t value[EU_HIST_SLOTS] = { 0 };
	size_t n;

	put_heading(s, r);
	if (k) {
		eu_buf_puts(&s->out, "key =");
		for (uint32_t i = 0; i < k->n; i++) {
			eu_buf_putc(&s->out, ' ');
			put_text(s, k, &k->steps[i], r->key, k->size);
		}
		eu_buf_putc(&s->out, '\n');
	}
	for (uint32_t i = 0; i < v->n; i++) {
		if (&v->steps[i] == slots)
			continue;
		eu_buf_printf(&s->out, "%s = ", v->steps[i].name);
		put_text(s, v, &v->steps[i], r->data, r->size);
		eu_buf_putc(&s->out, '\n');
	}
	if (slots && slots->kind == EU_STEP_ARRAY) {
		e = &v->steps[slots->child];
		n = eu_min((size_t)slots->count, (size_t)EU_HIST_SLOTS);
		for (size_t i = 0; i < n; i++)
			value[i] = slot(r, slots->offset + i * e->size, e);
		if (r->stream->bounds)
			eu_hist_draw_slots(&s->out, value, n, r->stream->bounds,
					   r->stream->n_bounds,
					   r->stream->unit ?: "(unit)");
		else
			eu_hist_draw(&s->out, value, n,
				     r->stream->unit ?: "(unit)");
	}
	eu_buf_putc(&s->out, '\n');
}
