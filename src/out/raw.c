/* SPDX-License-Identifier: MIT */
#include "out/sink.h"

/*
 * The records' bytes as they are; of sampled maps key and value together, lines
 * of text with a newline.
 */

static int raw_begin(struct eu_sink *s, struct eu_stream *st, struct eu_error *err)
{
	(void)s;
	(void)st;
	(void)err;
	return 0;
}

static void raw_record(struct eu_sink *s, const struct eu_record *r)
{
	if (r->stream->key)
		eu_buf_put(&s->out, r->key, r->stream->key->size);
	eu_buf_put(&s->out, r->data, r->size);
	if (r->stream->lines)
		eu_buf_putc(&s->out, '\n');
}

const struct eu_sink_ops eu_sink_raw = {
	.name = "raw",
	.help = "the bytes of the records",
	.begin = raw_begin,
	.record = raw_record,
};
