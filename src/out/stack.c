/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "out/stack.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/fmt.h"

const struct eu_frame *eu_stack_frames(struct eu_sink *s,
				       const struct eu_record *r, size_t i,
				       size_t *ret_n)
{
	const struct eu_stack *k = &r->stacks[i];

	return eu_sym_stack(s->sym, k->pid, k->addrs, k->n, r->when, ret_n);
}

/* Names come out of other people's files. */
static void put_text(struct eu_buf *b, const char *text)
{
	size_t n = strlen(text), columns = 0;
	char *end;

	if (!eu_buf_room(b, n * EU_FMT_BYTE))
		return;
	end = eu_fmt_text(b->data + b->len, text, n, &columns);
	b->len = (size_t)(end - b->data);
}

static void put_frame(struct eu_buf *b, const struct eu_frame *f)
{
	if (f->addr)
		eu_buf_printf(b, "        0x%016" PRIx64, f->addr);
	else
		eu_buf_puts(b, "        inlined           ");
	if (f->name) {
		eu_buf_putc(b, ' ');
		put_text(b, f->name);
		if (f->addr)
			eu_buf_printf(b, "+0x%" PRIx64, f->offset);
	} else if (f->module) {
		eu_buf_puts(b, " [");
		put_text(b, eu_path_name(f->module));
		eu_buf_printf(b, "+0x%" PRIx64 "]", f->offset);
	}
	if (f->file) {
		eu_buf_puts(b, " (");
		put_text(b, f->file);
		if (f->line)
			eu_buf_printf(b, ":%" PRIu32, f->line);
		eu_buf_putc(b, ')');
	}
	eu_buf_putc(b, '\n');
}

void eu_stack_text(struct eu_sink *s, const struct eu_record *r)
{
	const struct eu_stack_member *m = r->stream->stacks;
	const struct eu_frame *f;
	size_t n;

	for (size_t i = 0; i < r->stream->n_stacks; i++) {
		const struct eu_stack *k = &r->stacks[i];

		if ((!k->n && !k->error) || r->stream->hidden_stacks >> i & 1)
			continue;
		eu_buf_printf(&s->out, "    %s:", m[i].name);
		if (k->error) {
			eu_buf_printf(&s->out, " not kept (%s)\n",
				      strerrorname_np(k->error) ?: "?");
			continue;
		}
		eu_buf_putc(&s->out, '\n');
		f = eu_stack_frames(s, r, i, &n);
		for (size_t x = 0; x < n; x++)
			put_frame(&s->out, &f[x]);
	}
}

static void put_string(struct eu_buf *b, const char *key, const char *value)
{
	if (!value)
		return;
	eu_buf_printf(b, ",\"%s\":", key);
	eu_buf_json(b, value, strlen(value));
}

static void put_object(struct eu_buf *b, const struct eu_frame *f)
{
	size_t from = b->len;

	if (f->addr)
		eu_buf_printf(b, ",\"addr\":\"0x%" PRIx64 "\"", f->addr);
	else
		eu_buf_puts(b, ",\"inlined\":true");
	put_string(b, "symbol", f->name);
	if (f->addr && (f->name || f->module))
		eu_buf_printf(b, ",\"offset\":%" PRIu64, f->offset);
	put_string(b, "module", f->module);
	put_string(b, "file", f->file);
	if (f->file && f->line)
		eu_buf_printf(b, ",\"line\":%" PRIu32, f->line);
	if (b->len > from)
		b->data[from] = '{';
	eu_buf_putc(b, '}');
}

void eu_stack_json_list(struct eu_sink *s, const struct eu_record *r, size_t i)
{
	const struct eu_frame *f;
	size_t n;

	if (r->stacks[i].error) {
		eu_buf_puts(&s->out, "null");
		return;
	}
	eu_buf_putc(&s->out, '[');
	f = eu_stack_frames(s, r, i, &n);
	for (size_t x = 0; x < n; x++) {
		if (x)
			eu_buf_putc(&s->out, ',');
		put_object(&s->out, &f[x]);
	}
	eu_buf_putc(&s->out, ']');
}

void eu_stack_json(struct eu_sink *s, const struct eu_record *r, bool in_key,
		   bool comma)
{
	const struct eu_stack_member *m = r->stream->stacks;

	for (size_t i = 0; i < r->stream->n_stacks; i++) {
		if (m[i].in_key != in_key || r->stream->hidden_stacks >> i & 1)
			continue;
		if (comma)
			eu_buf_putc(&s->out, ',');
		comma = true;
		eu_buf_json(&s->out, m[i].name, strlen(m[i].name));
		eu_buf_putc(&s->out, ':');
		eu_stack_json_list(s, r, i);
	}
}
