/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"

int eu_sha256_init(struct eu_sha256 *s, struct eu_error *err)
{
	static const char *const names[] = { EU_LIBMD_FUNCTIONS(EU_LATE_NAME) };
	int r = eu_late_open("libmd.so.0", names, EU_COUNT(names), &s->md, err);

	if (!r)
		s->md.SHA256Init(&s->ctx);
	return r;
}

void eu_sha256_update(struct eu_sha256 *s, const void *data, size_t len)
{
	s->md.SHA256Update(&s->ctx, data, len);
}

void eu_sha256_final(struct eu_sha256 *s, uint8_t ret_digest[EU_SHA256_SIZE])
{
	s->md.SHA256Final(ret_digest, &s->ctx);
}

int eu_sha256(const void *data, size_t len, uint8_t ret_digest[EU_SHA256_SIZE],
	      struct eu_error *err)
{
	struct eu_sha256 s;
	int r = eu_sha256_init(&s, err);

	if (r)
		return r;
	eu_sha256_update(&s, data, len);
	eu_sha256_final(&s, ret_digest);
	return 0;
}
