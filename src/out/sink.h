/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_SINK_H
#define EU_OUT_SINK_H

/*
 * A sink is where records go. Each kind is one file with a const struct
 * eu_sink_ops and a row in sink.c's table. Text is collected in @out and
 * handed to @write at the end of a batch, or earlier when it grows; a failed
 * write is remembered and returned by eu_sink_end().
 */

#include "base/buf.h"
#include "out/record.h"
#include "sym/sym.h"

struct eu_sink;

/* How the time of a row is shown. */
enum eu_times {
	EU_TIMES_LOCAL, /* HH:MM:SS */
	EU_TIMES_UTC,
	EU_TIMES_MONO,	/* seconds since the system was started */
	EU_TIMES_DELTA, /* seconds since the row before */
	EU_TIMES_NONE,
};

enum { EU_SINK_CLOCK = 16 };

struct eu_sink_ops {
	const char *name; /* as the user writes it: "text" */
	const char *help;
	/* Prepares stream->view, and writes a header if there is one. */
	int (*begin)(struct eu_sink *s, struct eu_stream *st,
		     struct eu_error *err);
	void (*record)(struct eu_sink *s, const struct eu_record *r);
	/* A sampling round of @st is over. May be NULL. */
	void (*round)(struct eu_sink *s, const struct eu_stream *st);
	/*
	 * There will be no more records; writes what was gathered. May be NULL.
	 */
	void (*end)(struct eu_sink *s);
	/* Frees s->state. May be NULL. */
	void (*done)(struct eu_sink *s);
	/* Frees stream->view. Not called, and may be NULL, where that is NULL. */
	void (*finish)(struct eu_sink *s, struct eu_stream *st);
	/* It wants stack traces as such, not the members that stand for them. */
	bool takes_stacks;
	/* And is of no use without any. */
	bool needs_stacks;
};

struct eu_sink {
	const struct eu_sink_ops *ops;
	struct eu_buf out;
	eu_write_fn write;
	void *ctx;
	void *state;	    /* the kind's own */
	struct eu_sym *sym; /* names for stacks; NULL if there are none */
	int error;	    /* of the first failed write */
	bool labelled;	    /* rows name their stream */
	bool begun;	    /* the kind's own */
	bool color;	    /* headers and names of members are highlighted */
	uint32_t width;	    /* columns at which rows are cut; 0: never */
	enum eu_times times;
	bool timed; /* times were asked for: also where none is usual */
	uint64_t clock_from; /* nanoseconds since 1970 for which @clock holds, */
	uint64_t clock_span; /* and for how long from there */
	uint64_t clock_last; /* EU_TIMES_DELTA: of the record before */
	int64_t clock_mono;  /* from the monotonic clock to the wall's */
	uint8_t clock_len;   /* characters */
	char clock[EU_SINK_CLOCK];
};

/* "local", "utc", "mono", "delta", "none"; -EINVAL and the list. */
int eu_sink_times(struct eu_sink *s, const char *name, struct eu_error *err);

/*
 * The time as JSON: text with date and zone, or seconds. At most 64 bytes; only
 * once for each record.
 */
char *eu_sink_put_time(struct eu_sink *s, char *p, uint64_t when);

/* The name of a way by its place; NULL behind the last. */
const char *eu_sink_times_name(size_t i);

/* Escape sequences of headers and names, where there is colour; else "". */
const char *eu_sink_bright(const struct eu_sink *s);
const char *eu_sink_plain(const struct eu_sink *s);

/* -EINVAL and the list of names for a name that is none. */
int eu_sink_check(const char *name, struct eu_error *err);
int eu_sink_init(struct eu_sink *s, const char *name, eu_write_fn write,
		 void *ctx, struct eu_error *err);
void eu_sink_done(struct eu_sink *s);

int eu_sink_begin(struct eu_sink *s, struct eu_stream *st, struct eu_error *err);
static inline void eu_sink_record(struct eu_sink *s, const struct eu_record *r)
{
	s->ops->record(s, r);
}
void eu_sink_round(struct eu_sink *s, const struct eu_stream *st);
/* Once, behind the last record; to be flushed then. */
void eu_sink_end(struct eu_sink *s);
void eu_sink_finish(struct eu_sink *s, struct eu_stream *st);

/* Writes what is there when it has grown; called between records. */
static inline bool eu_sink_full(const struct eu_sink *s)
{
	return s->out.len >= 64 << 10;
}
/* Writes all that is there. 0 or the first error of the write function. */
int eu_sink_flush(struct eu_sink *s);

/* A sink by its place in the table; NULL behind the last. */
const struct eu_sink_ops *eu_sink_kind(size_t i);

/*
 * The time of a row, s->clock_len characters of EU_SINK_CLOCK that may be
 * copied. Times of day are formatted once a second.
 */
void eu_sink_set_clock(struct eu_sink *s, uint64_t when);

static inline const char *eu_sink_clock(struct eu_sink *s, uint64_t when)
{
	if (__builtin_expect(when - s->clock_from >= s->clock_span, 0))
		eu_sink_set_clock(s, when);
	return s->clock;
}

extern const struct eu_sink_ops eu_sink_text, eu_sink_compact, eu_sink_json,
	eu_sink_json_array, eu_sink_csv, eu_sink_yaml, eu_sink_raw,
	eu_sink_folded, eu_sink_flamegraph;

#endif
