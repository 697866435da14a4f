/* SPDX-License-Identifier: MIT */
/* A module whose table is exported: once is enough, and the rest is kept. */

#include <stdlib.h>
#include <string.h>

#include "wasm/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	eu_auto_buf struct eu_buf once = EU_BUF(1 << 26), twice = EU_BUF(1 << 26);

	if (eu_bytes_export_table(data, size, &once, NULL) || !once.len)
		return 0;
	if (once.len <= size || memcmp(once.data, data, 8) != 0 ||
	    eu_bytes_export_table(once.data, once.len, &twice, NULL) || twice.len)
		abort();
	return 0;
}
