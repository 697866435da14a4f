/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/ldcache.h"

#include <stdint.h>
#include <string.h>

struct entry {
	int32_t flags;
	uint32_t key, value, unused;
	uint64_t hwcap;
};

struct cache {
	char magic[20];
	uint32_t n, strings;
	uint32_t unused[5];
};

/* Both are offsets from the start of the format. */
static const char *string_at(const char *data, size_t size, uint32_t at)
{
	return at < size && memchr(data + at, '\0', size - at) ? data + at : "";
}

int eu_ldcache_foreach(const void *data, size_t size, eu_ldcache_fn fn, void *ctx)
{
	static const char magic[] = "glibc-ld.so.cache1.1";
	const char *at = memmem(data, size, magic, strlen(magic));
	struct cache c;
	struct entry e;
	int r = 0;

	if (!at)
		return 0;
	size -= at - (const char *)data;
	if (size < sizeof(c))
		return 0;
	memcpy(&c, at, sizeof(c));
	if ((size - sizeof(c)) / sizeof(e) < c.n)
		return 0;
	for (uint32_t i = 0; i < c.n && !r; i++) {
		memcpy(&e, at + sizeof(c) + i * sizeof(e), sizeof(e));
		r = fn(ctx, string_at(at, size, e.key),
		       string_at(at, size, e.value));
	}
	return r;
}
