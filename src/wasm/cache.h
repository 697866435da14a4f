/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_CACHE_H
#define EU_WASM_CACHE_H

/*
 * Compiled code of guests, kept from run to run in a folder of the user's own:
 * $XDG_CACHE_HOME/eunomia/wasm or ~/.cache/eunomia/wasm. A file is named by the
 * SHA-256 of what it was compiled from, and begins with the engine's version
 * and a checksum of the code, without which it is not run. Files and folders
 * that somebody else owns or may write to are not looked at.
 */

#include <stddef.h>

#include "base/sha256.h"

enum { EU_CACHE_MAX = 128 << 20, EU_CACHE_FILES = 64 };

struct eu_cache {
	char *dir; /* NULL: nothing is kept */
	const char *version;
	char name[EU_SHA256_HEX + 1];
};

/* For @len bytes at @wasm; where there can be none, @c keeps nothing. */
void eu_cache_init(struct eu_cache *c, const void *wasm, size_t len,
		   const char *version);
void eu_cache_done(struct eu_cache *c);

/* The code, to be freed, or NULL. */
void *eu_cache_read(const struct eu_cache *c, size_t *ret_len);

/* Keeps it if that is possible, and no more than EU_CACHE_FILES in all. */
void eu_cache_write(const struct eu_cache *c, const void *code, size_t len);

#endif
