/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_RECORD_H
#define EU_OUT_RECORD_H

/*
 * A record is one thing that happened or one entry of a sampled map. A stream
 * says what the records of one source look like. Both are borrowed by sinks
 * for the time of a call, but for the stream, which lives as long as the sink.
 */

#include "btf/layout.h"

/* A member of a stream's key or value that stands for a stack trace. */
struct eu_stack_member {
	const char *name;
	bool user; /* else the kernel's */
	bool in_key;
};

struct eu_stream {
	const char *name;	     /* of the map */
	const struct eu_layout *key; /* sampled maps; NULL: events */
	const struct eu_layout *value;
	bool hist;	  /* sampled map shown as log2 histogram */
	const char *unit; /* of the histogram */
	/* Where its slots begin and the last one ends; NULL: powers of two. */
	const int64_t *bounds;
	size_t n_bounds;
	bool lines;  /* records are lines of text, without newlines */
	bool printk; /* of trace_pipe: JSON says what they are made of */
	bool kept;   /* sampled map not emptied: rounds repeat it */
	/* Stack traces; the layouts do not have these members any more. */
	const struct eu_stack_member *stacks;
	size_t n_stacks;
	uint32_t hidden_stacks; /* a bit for each that is not to be shown */
	void *view;		/* what the sink prepared at begin */
};

struct eu_stack {
	const uint64_t *addrs; /* innermost first */
	size_t n;
	int64_t pid; /* 0: the kernel's; -1: of whom is not known */
	int error;   /* errno with which the kernel could not keep it, or 0 */
};

struct eu_record {
	const struct eu_stream *stream;
	const void *key; /* stream->key->size bytes, or NULL */
	const void *data;
	size_t size;   /* bytes of @data; may be short or long */
	uint64_t when; /* nanoseconds since 1970 */
	const struct eu_stack *stacks; /* stream->n_stacks of them */
};

#endif
