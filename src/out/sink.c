/* SPDX-License-Identifier: MIT */
#include "out/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_OUT = 64 << 20, SECOND = 1000000000 };

static const struct eu_sink_ops *const kinds[] = {
	&eu_sink_text,	     &eu_sink_compact, &eu_sink_json,
	&eu_sink_json_array, &eu_sink_csv,     &eu_sink_yaml,
	&eu_sink_raw,	     &eu_sink_folded,  &eu_sink_flamegraph,
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
		.clock_span = SECOND,
		.clock_len = 8,
	};
	return eu_sink_check(name, err);
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

/* Name, characters of it in a row, how long a text of it holds. */
static const struct times {
	const char *name;
	uint8_t len;
	uint64_t span;
} times[] = {
	[EU_TIMES_LOCAL] = { "local", 8, SECOND },
	[EU_TIMES_UTC] = { "utc", 8, SECOND },
	[EU_TIMES_MONO] = { "mono", 14, 0 },
	[EU_TIMES_DELTA] = { "delta", 12, 0 },
	[EU_TIMES_NONE] = { "none", 0, UINT64_MAX },
};

const char *eu_sink_times_name(size_t i)
{
	return i < EU_COUNT(times) ? times[i].name : NULL;
}

int eu_sink_times(struct eu_sink *s, const char *name, struct eu_error *err)
{
	size_t i = 0;

	while (i < EU_COUNT(times) && strcmp(times[i].name, name))
		i++;
	if (i == EU_COUNT(times))
		return eu_error_set(
			err, -EINVAL,
			"unknown timestamps '%s'; there are: local, utc, mono, delta, none",
			name);
	s->times = (enum eu_times)i;
	s->timed = s->times != EU_TIMES_NONE;
	s->clock_span = times[i].span;
	s->clock_len = times[i].len;
	s->clock_mono = (int64_t)(clock_ns(CLOCK_REALTIME) -
				  clock_ns(CLOCK_MONOTONIC));
	return 0;
}

const char *eu_sink_bright(const struct eu_sink *s)
{
	return s->color ? "\033[1;34m" : "";
}

const char *eu_sink_plain(const struct eu_sink *s)
{
	return s->color ? "\033[0m" : "";
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

/* Nanoseconds of those that are no time of day; of a delta it is the next. */
static int64_t relative(struct eu_sink *s, uint64_t when)
{
	int64_t ns = (int64_t)(when - (s->clock_last ?: when));

	if (s->times == EU_TIMES_MONO)
		return (int64_t)when - s->clock_mono;
	s->clock_last = when;
	return ns;
}

/* Seconds with @digits behind the point, whatever the locale has for one. */
static int put_seconds(char *to, size_t size, int width, int64_t ns, int digits)
{
	uint64_t n = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	char text[40];
	int len;

	len = snprintf(text, sizeof(text), "%s%" PRIu64 ".%09" PRIu64,
		       ns < 0 ? "-" : "", n / SECOND, n % SECOND);
	return snprintf(to, size, "%*.*s", width, len - 9 + digits, text);
}

static void day(const struct eu_sink *s, uint64_t when, struct tm *tm)
{
	time_t t = (time_t)(when / SECOND);

	if (!(s->times == EU_TIMES_UTC ? gmtime_r(&t, tm) : localtime_r(&t, tm)))
		*tm = (struct tm){ 0 };
}

void eu_sink_set_clock(struct eu_sink *s, uint64_t when)
{
	char text[32] = "";
	struct tm tm;

	if (s->times == EU_TIMES_MONO || s->times == EU_TIMES_DELTA) {
		put_seconds(text, sizeof(text), s->clock_len, relative(s, when),
			    6);
	} else if (s->times != EU_TIMES_NONE) {
		day(s, when, &tm);
		snprintf(text, sizeof(text), "%02u:%02u:%02u",
			 (unsigned int)tm.tm_hour % 100,
			 (unsigned int)tm.tm_min % 100,
			 (unsigned int)tm.tm_sec % 100);
	}
	memcpy(s->clock, text, sizeof(s->clock));
	s->clock_from = when - when % SECOND;
}

char *eu_sink_put_time(struct eu_sink *s, char *p, uint64_t when)
{
	char zone[32] = "Z";
	struct tm tm;

	if (s->times == EU_TIMES_MONO || s->times == EU_TIMES_DELTA)
		return p + put_seconds(p, 40, 0, relative(s, when), 9);
	day(s, when, &tm);
	if (s->times == EU_TIMES_LOCAL)
		snprintf(zone, sizeof(zone), "%+03ld:%02ld",
			 tm.tm_gmtoff / 3600, labs(tm.tm_gmtoff) / 60 % 60);
	p += strftime(p, 32, "\"%Y-%m-%dT%H:%M:%S", &tm);
	return p + snprintf(p, 32, ".%09u%s\"", (unsigned int)(when % SECOND),
			    zone);
}
