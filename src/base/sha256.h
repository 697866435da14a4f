/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_SHA256_H
#define EU_BASE_SHA256_H

/* SHA-256, by libmd, which is opened at first use. */

#include <sha2.h>

#include "base/late.h"

#define EU_LIBMD_FUNCTIONS(F) \
	F(SHA256Init)         \
	F(SHA256Update)       \
	F(SHA256Final)

enum { EU_SHA256_SIZE = 32, EU_SHA256_HEX = 64 };

struct eu_sha256 {
	struct {
		EU_LIBMD_FUNCTIONS(EU_LATE_MEMBER)
	} md;
	SHA2_CTX ctx;
};

/* -ENOENT without libmd; after 0 the others cannot fail. */
int eu_sha256_init(struct eu_sha256 *s, struct eu_error *err);
void eu_sha256_update(struct eu_sha256 *s, const void *data, size_t len);
void eu_sha256_final(struct eu_sha256 *s, uint8_t ret_digest[EU_SHA256_SIZE]);

/* The same of all bytes at once. */
int eu_sha256(const void *data, size_t len, uint8_t ret_digest[EU_SHA256_SIZE],
	      struct eu_error *err);

#endif
