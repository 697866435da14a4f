/* SPDX-License-Identifier: MIT */
#include "pkg/zlib.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>

enum { LEVEL = 6 }; /* what every writer of packages has used */

int eu_zlib_deflate(const void *data, size_t n, struct eu_buf *out)
{
	uLongf len = compressBound(n);

	if (!eu_buf_room(out, len))
		return out->error;
	if (compress2((Bytef *)out->data + out->len, &len, data, n, LEVEL))
		return -ENOMEM;
	out->len += len;
	return 0;
}

static int check(z_stream *z, int r, size_t size, struct eu_error *err)
{
	unsigned char one;

	if (r == Z_STREAM_END && z->total_out == size)
		return 0;
	if (r == Z_STREAM_END)
		return eu_error_set(err, -EINVAL,
				    "has %lu bytes, not the stated %zu",
				    z->total_out, size);
	if (r == Z_MEM_ERROR)
		return eu_error_oom(err);
	if (z->avail_out || (r != Z_OK && r != Z_BUF_ERROR))
		return eu_error_set(err, -EINVAL,
				    "compressed data is damaged: %s",
				    z->msg ?: "it ends early");
	/* Full: nothing but the end may follow. */
	z->next_out = &one;
	z->avail_out = 1;
	r = inflate(z, Z_FINISH);
	if (r == Z_STREAM_END && z->avail_out)
		return 0;
	if (!z->avail_out)
		return eu_error_set(err, -EINVAL,
				    "has more than the stated %zu bytes", size);
	return eu_error_set(err, -EINVAL, "compressed data is damaged: %s",
			    z->msg ?: "it ends early");
}

int eu_zlib_inflate(const void *data, size_t n, size_t size, void **ret_data,
		    struct eu_error *err)
{
	z_stream z = { .next_in = (Bytef *)data, .avail_in = n };
	eu_auto_free void *p = NULL;
	int r;

	if (n > UINT_MAX || size > UINT_MAX - 1)
		return eu_error_set(err, -E2BIG, "compressed data is too long");
	p = malloc(size + 1);
	if (!p || inflateInit(&z) != Z_OK)
		return eu_error_oom(err);
	z.next_out = p;
	z.avail_out = size;
	r = check(&z, inflate(&z, Z_FINISH), size, err);
	inflateEnd(&z);
	if (!r)
		*ret_data = eu_take_ptr(p);
	return r;
}
