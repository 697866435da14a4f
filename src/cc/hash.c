/* SPDX-License-Identifier: MIT */
#include "cc/hash.h"

#include <string.h>

/* A product of 128 bits folded to 64 mixes every bit into every other. */
static uint64_t mix(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	const unsigned __int128 p = (unsigned __int128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
#else
	/* Of 32-bit machines: the same out of four products. */
	const uint64_t a0 = (uint32_t)a, a1 = a >> 32;
	const uint64_t b0 = (uint32_t)b, b1 = b >> 32;
	const uint64_t low = a0 * b0, left = a1 * b0, right = a0 * b1;
	const uint64_t middle = (low >> 32) + (uint32_t)left + (uint32_t)right;

	return (a * b) ^
	       (a1 * b1 + (left >> 32) + (right >> 32) + (middle >> 32));
#endif
}

uint64_t eu_hash(uint64_t seed, const void *data, size_t n)
{
	static const uint64_t k1 = 0x9e3779b97f4a7c15, k2 = 0xd1b54a32d192ed03;
	uint64_t h = mix(seed ^ k1, n ^ k2), a = 0, b = 0;
	const char *p = data;

	for (; n >= 16; n -= 16, p += 16) {
		memcpy(&a, p, 8);
		memcpy(&b, p + 8, 8);
		h = mix(a ^ k1 ^ h, b ^ k2);
	}
	a = b = 0;
	memcpy(&a, p, n < 8 ? n : 8);
	if (n > 8)
		memcpy(&b, p + 8, n - 8);
	return mix(mix(a ^ k1 ^ h, b ^ k2), k1);
}
