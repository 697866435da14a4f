/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "out/stack.h"
#include "out/value.h"

/*
 * A YAML list with an item for each record: members a line each, those of
 * structs further in, arrays and texts as JSON has them, which YAML takes too.
 */

enum { MAX_DEPTH = 16 };

/* Readers take these for a truth value or nothing (YAML 1.1). */
static bool is_reserved(const char *name)
{
	static const char *const words[] = { "y",    "n",     "yes",
					     "no",   "on",    "off",
					     "true", "false", "null" };

	for (size_t i = 0; i < EU_COUNT(words); i++)
		if (!strcasecmp(words[i], name))
			return true;
	return !*name || !strcmp(name, "~");
}

/* "- pid: ", or "  pid: " of all but the first of a record. */
static void put_key(struct eu_sink *s, const char *name, int depth)
{
	if (depth || s->begun)
		eu_buf_fill(&s->out, ' ', (size_t)(depth + 1) * 2);
	else
		eu_buf_puts(&s->out, "- ");
	s->begun = true;
	eu_buf_puts(&s->out, eu_sink_bright(s));
	if (is_reserved(name) || strpbrk(name, " :#"))
		eu_buf_json(&s->out, name, strlen(name));
	else
		eu_buf_puts(&s->out, name);
	eu_buf_puts(&s->out, eu_sink_plain(s));
	eu_buf_putc(&s->out, ':');
}

static void put_member(struct eu_sink *s, const struct eu_layout *l,
		       const struct eu_step *step, const char *name,
		       const char *base, size_t size, int depth)
{
	size_t off = step->offset;
	char *end;

	put_key(s, name, depth);
	if (step->kind == EU_STEP_STRUCT && !step->format && step->count &&
	    size > off && depth < MAX_DEPTH) {
		eu_buf_putc(&s->out, '\n');
		for (uint32_t i = 0; i < step->count; i++) {
			const struct eu_step *m = &l->steps[step->child + i];

			put_member(s, l, m, m->name, base + off, size - off,
				   depth + 1);
		}
		return;
	}
	if (!eu_buf_room(&s->out, l->max_json + eu_layout_more(l, size) + 2))
		return;
	s->out.data[s->out.len++] = ' ';
	end = eu_value_json(s->out.data + s->out.len, l, step, base, size);
	*end++ = '\n';
	s->out.len = (size_t)(end - s->out.data);
}

static void put_stacks(struct eu_sink *s, const struct eu_record *r,
		       bool in_key, int depth)
{
	const struct eu_stream *st = r->stream;

	for (size_t i = 0; i < st->n_stacks; i++) {
		if (st->stacks[i].in_key != in_key || st->hidden_stacks >> i & 1)
			continue;
		put_key(s, st->stacks[i].name, depth);
		eu_buf_putc(&s->out, ' ');
		eu_stack_json_list(s, r, i);
		eu_buf_putc(&s->out, '\n');
	}
}

static void put_layout(struct eu_sink *s, const struct eu_record *r,
		       bool in_key, int depth)
{
	const struct eu_stream *st = r->stream;
	const struct eu_layout *l = in_key ? st->key : st->value;
	const char *data = in_key ? r->key : r->data;
	size_t size = in_key ? l->size : r->size;

	for (uint32_t i = 0; i < l->n; i++) {
		const struct eu_step *step = &l->steps[i];

		put_member(s, l, step, *step->name ? step->name : l->name, data,
			   size, depth);
	}
	put_stacks(s, r, in_key, depth);
}

/* Key or value: what is below it, or nothing. */
static void put_part(struct eu_sink *s, const struct eu_record *r, bool in_key)
{
	const struct eu_layout *l = in_key ? r->stream->key : r->stream->value;

	put_key(s, in_key ? "key" : "value", 0);
	if (!l->n && !r->stream->n_stacks) {
		eu_buf_puts(&s->out, " {}\n");
		return;
	}
	eu_buf_putc(&s->out, '\n');
	put_layout(s, r, in_key, 1);
}

static int yaml_begin(struct eu_sink *s, struct eu_stream *st,
		      struct eu_error *err)
{
	(void)s;
	(void)st;
	(void)err;
	return 0;
}

static void yaml_record(struct eu_sink *s, const struct eu_record *r)
{
	char time[64], *end;

	s->begun = false;
	if (s->timed) {
		put_key(s, "time", 0);
		end = eu_sink_put_time(s, time, r->when);
		eu_buf_putc(&s->out, ' ');
		eu_buf_put(&s->out, time, (size_t)(end - time));
		eu_buf_putc(&s->out, '\n');
	}
	if (s->labelled) {
		put_key(s, "map", 0);
		eu_buf_putc(&s->out, ' ');
		eu_buf_json(&s->out, r->stream->name, strlen(r->stream->name));
		eu_buf_putc(&s->out, '\n');
	}
	if (r->stream->key) {
		put_part(s, r, true);
		put_part(s, r, false);
	} else {
		put_layout(s, r, false, 0);
	}
	if (!s->begun)
		eu_buf_puts(&s->out, "- {}\n");
}

const struct eu_sink_ops eu_sink_yaml = {
	.name = "yaml",
	.help = "a YAML list of records",
	.begin = yaml_begin,
	.record = yaml_record,
	.takes_stacks = true,
};
