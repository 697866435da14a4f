/* SPDX-License-Identifier: MIT */
#include "out/sink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX_OUT = 64 << 20 };

static const struct eu_sink_ops *const kinds[] = {
	&eu_sink_text, &eu_sink_compact, &eu_sink_json,
	&eu_sink_raw,  &eu_sink_folded,	 &eu_sink_flamegraph,
};

const struct eu_sink_ops *eu_sink_kind(size_t i)
{
	return i < EU_COUNT(kinds) ? kinds[i] : NULL;
}

static const struct eu_sink_ops *find_kind(const char *name)
{
	for (size_t i = 0; i < EU_COUNT(kinds); i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

int eu_sink_check(const char *name, struct eu_error *err)
{
	if (find_kind(name))
		return 0;
	eu_error_set(err, -EINVAL,
		     "unknown output format '%s'; there are:", name);
	for (size_t i = 0; i < EU_COUNT(kinds); i++)
		eu_error_append(err, -EINVAL, "%s %s", i ? "," : "",
				kinds[i]->name);
	return -EINVAL;
}

int eu_sink_init(struct eu_sink *s, const char *name, eu_write_fn write,
		 void *ctx, struct eu_error *err)
{
	*s = (struct eu_sink){
		.ops = find_kind(name),
		.out = EU_BUF(MAX_OUT),
		.write = write,
		.ctx = ctx,
		.clock_from = UINT64_MAX / 2,
	};
	return eu_sink_check(name, err);
}

void eu_sink_done(struct eu_sink *s)
{
	if (s->ops && s->ops->done)
		s->ops->done(s);
	eu_sym_free(s->sym);
	eu_buf_done(&s->out);
}

int eu_sink_begin(struct eu_sink *s, struct eu_stream *st, struct eu_error *err)
{
	return s->ops->begin(s, st, err);
}

void eu_sink_round(struct eu_sink *s, const struct eu_stream *st)
{
	if (s->ops->round)
		s->ops->round(s, st);
}

void eu_sink_end(struct eu_sink *s)
{
	if (s->ops->end)
		s->ops->end(s);
}

void eu_sink_finish(struct eu_sink *s, struct eu_stream *st)
{
	if (s->ops && st->view)
		s->ops->finish(s, st);
}

int eu_sink_flush(struct eu_sink *s)
{
	int r = s->out.error;

	if (!r && s->out.len)
		r = s->write(s->ctx, s->out.data, s->out.len);
	eu_buf_clear(&s->out);
	if (r && !s->error)
		s->error = r;
	return s->error;
}

void eu_sink_set_clock(struct eu_sink *s, uint64_t when)
{
	time_t t = when / 1000000000;
	struct tm tm;

	localtime_r(&t, &tm);
	snprintf(s->clock, sizeof(s->clock), "%02u:%02u:%02u",
		 (unsigned int)tm.tm_hour % 100, (unsigned int)tm.tm_min % 100,
		 (unsigned int)tm.tm_sec % 100);
	s->clock_from = when - when % 1000000000;
}
