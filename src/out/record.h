/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_RECORD_H
#define EU_OUT_RECORD_H

/*
 * A record is one thing that happened or one entry of a sampled map. A stream
 * says what the records of one source look like. Both are borrowed by sinks
 * for the time of a call, but for the stream, which lives as long as the sink.
 */

#include "btf/layout.h"

struct eu_stream {
	const char *name;	     /* of the map */
	const struct eu_layout *key; /* sampled maps; NULL: events */
	const struct eu_layout *value;
	bool hist;	  /* sampled map shown as log2 histogram */
	const char *unit; /* of the histogram */
	bool lines;	  /* records are lines of text, without newlines */
	void *view;	  /* what the sink prepared at begin */
};

struct eu_record {
	const struct eu_stream *stream;
	const void *key; /* stream->key->size bytes, or NULL */
	const void *data;
	size_t size;   /* bytes of @data; may be short or long */
	uint64_t when; /* nanoseconds since 1970 */
};

#endif
