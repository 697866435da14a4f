/* SPDX-License-Identifier: MIT */
/* A compressed file, or archive, of a BTFHub folder. */

#include <stdlib.h>

#include "pkg/xz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	eu_auto_buf struct eu_buf room = EU_BUF(MAX);
	const char *file;
	size_t n;

	eu_xz_is(data, size);
	if (!eu_xz_first_file((const char *)data, size, &room, &file, &n, NULL) &&
	    (file < room.data || n > room.len || file + n > room.data + room.len))
		abort();
	return 0;
}
