/* SPDX-License-Identifier: MIT */
/* A cache of the loader: names and paths end within it. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rt/ldcache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const char *data;
	size_t size;
};

static void check(const struct bytes *b, const char *s)
{
	size_t n = strlen(s);

	if (n && (s < b->data || s + n >= b->data + b->size))
		abort();
}

static int look(void *ctx, const char *name, const char *path)
{
	check(ctx, name);
	check(ctx, path);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { (const char *)data, size };

	eu_ldcache_foreach(data, size, look, &b);
	return 0;
}
