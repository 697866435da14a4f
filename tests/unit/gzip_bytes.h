/* SPDX-License-Identifier: MIT */
#ifndef EU_TEST_GZIP_BYTES_H
#define EU_TEST_GZIP_BYTES_H

#include <zlib.h>

#include "base/buf.h"

/* Appends a member of the gzip format; @level 0 packs nothing. */
static inline void gzip_put(struct eu_buf *to, const void *data, size_t len,
			    int level)
{
	z_stream z = { .next_in = (Bytef *)data, .avail_in = len };
	size_t room;

	assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 16 + MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	room = deflateBound(&z, len);
	assert_true(eu_buf_room(to, room));
	z.next_out = (Bytef *)to->data + to->len;
	z.avail_out = room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	to->len += room - z.avail_out;
	deflateEnd(&z);
}

#endif
