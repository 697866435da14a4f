/* SPDX-License-Identifier: MIT */
/* An archive: every entry lies within it, and reading ends. */

#include <stdlib.h>

#include "pkg/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct eu_tar tar;

	eu_tar_init(&tar, data, size);
	while (eu_tar_next(&tar, NULL) > 0)
		if (tar.file < bytes || tar.size > size ||
		    tar.file + tar.size > bytes + size)
			abort();
	return 0;
}
