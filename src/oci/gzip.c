/* SPDX-License-Identifier: MIT */
#include "oci/gzip.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>

enum {
	GZIP_ONLY = 16 + MAX_WBITS,
	CHUNK = 64 << 10,
	/* A program's file shrinks to a tenth; gzip can do a thousandth. */
	MAX_RATIO = 100,
	SMALL = 1 << 20, /* bytes; what is no larger may be all zeros */
};

bool eu_gzip_is(const void *data, size_t len)
{
	return len > 2 && !memcmp(data, "\037\213\010", 3);
}

static int damaged(const z_stream *z, struct eu_error *err)
{
	return eu_error_set(err, -EINVAL, "the gzip data is damaged: %s",
			    z->msg ?: "it ends early");
}

static int has_grown(const struct eu_buf *out, size_t begin, size_t len,
		     struct eu_error *err)
{
	const size_t grown = out->len - begin;

	if (grown <= SMALL || grown / MAX_RATIO <= len)
		return 0;
	return eu_error_set(
		err, -E2BIG,
		"the gzip data unpacks to more than %d times its %zu bytes",
		MAX_RATIO, len);
}

/* One member; what follows it stays in @z. */
static int member(z_stream *z, struct eu_buf *out, size_t begin, size_t len,
		  struct eu_error *err)
{
	size_t room;
	int r = Z_OK;

	while (r == Z_OK) {
		room = eu_min((size_t)CHUNK, out->max - out->len);
		if (!room || !eu_buf_room(out, room))
			return out->error == -ENOMEM ?
				       eu_error_oom(err) :
				       eu_error_set(
					       err, -E2BIG,
					       "it unpacks to more than %zu MiB",
					       out->max >> 20);
		z->next_out = (Bytef *)out->data + out->len;
		z->avail_out = room;
		r = inflate(z, Z_NO_FLUSH);
		out->len += room - z->avail_out;
		if (r != Z_OK && r != Z_STREAM_END)
			return damaged(z, err);
		if (has_grown(out, begin, len, err))
			return -E2BIG;
	}
	return 0;
}

int eu_gzip_inflate(const void *data, size_t len, struct eu_buf *out,
		    struct eu_error *err)
{
	z_stream z = { .next_in = (Bytef *)data, .avail_in = len };
	const size_t begin = out->len;
	int r = 0;

	if (len > UINT_MAX)
		return eu_error_set(err, -E2BIG, "the gzip data is too long");
	if (inflateInit2(&z, GZIP_ONLY) != Z_OK)
		return eu_error_oom(err);
	/* What stands behind the last one is padding. */
	do {
		inflateReset(&z);
		r = member(&z, out, begin, len, err);
	} while (!r && eu_gzip_is(z.next_in, z.avail_in));
	inflateEnd(&z);
	return r;
}
