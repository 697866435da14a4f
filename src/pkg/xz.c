/* SPDX-License-Identifier: MIT */
#include "pkg/xz.h"

#include <errno.h>
#include <string.h>

#include "pkg/liblzma.h"
#include "pkg/tar.h"

enum { STEP = 1 << 20, MAX_MEMORY = 128 << 20 };

bool eu_xz_is(const void *data, size_t len)
{
	return len >= 6 && !memcmp(data,
				   "\xfd"
				   "7zXZ",
				   6);
}

static int failed(lzma_ret r, struct eu_error *err)
{
	switch (r) {
	case LZMA_MEM_ERROR: return eu_error_oom(err);
	case LZMA_MEMLIMIT_ERROR:
		return eu_error_set(err, -E2BIG,
				    "wants more than %d MiB to decompress",
				    MAX_MEMORY >> 20);
	case LZMA_FORMAT_ERROR:
		return eu_error_set(err, -EINVAL, "is no .xz file");
	default:
		return eu_error_set(err, -EINVAL,
				    "compressed data is damaged or ends early");
	}
}

int eu_xz_unpack(const void *data, size_t len, struct eu_buf *out,
		 struct eu_error *err)
{
	static const char *const names[] = { EU_LIBLZMA_FUNCTIONS(EU_LATE_NAME) };
	lzma_stream z = LZMA_STREAM_INIT;
	struct eu_liblzma l;
	size_t room;
	lzma_ret r;
	int no = eu_late_open("liblzma.so.5", names, EU_COUNT(names), &l, err);

	if (no)
		return no;
	r = l.lzma_stream_decoder(&z, MAX_MEMORY, LZMA_CONCATENATED);
	z.next_in = data;
	z.avail_in = len;
	while (r == LZMA_OK) {
		room = eu_min((size_t)STEP, out->max - out->len);
		if (!room || !eu_buf_room(out, room))
			break;
		z.next_out = (uint8_t *)out->data + out->len;
		z.avail_out = room;
		r = l.lzma_code(&z, LZMA_FINISH);
		out->len += room - z.avail_out;
	}
	l.lzma_end(&z);
	if (r == LZMA_STREAM_END)
		return 0;
	if (r != LZMA_OK)
		return failed(r, err);
	return out->error == -ENOMEM ?
		       eu_error_oom(err) :
		       eu_error_set(err, -E2BIG,
				    "has more than %zu MiB decompressed",
				    out->max >> 20);
}

int eu_xz_first_file(const void *data, size_t len, struct eu_buf *room,
		     const char **ret, size_t *ret_len, struct eu_error *err)
{
	struct eu_tar tar;
	int r = eu_xz_unpack(data, len, room, err);

	if (r)
		return r;
	if (!eu_tar_is(room->data, room->len)) {
		*ret = room->data;
		*ret_len = room->len;
		return 0;
	}
	eu_tar_init(&tar, room->data, room->len);
	r = eu_tar_next(&tar, err);
	if (r <= 0)
		return r ? r : eu_error_set(err, -EINVAL, "an empty archive");
	*ret = tar.file;
	*ret_len = tar.size;
	return 0;
}
