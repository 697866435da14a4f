/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_HASH_H
#define EU_CC_HASH_H

/*
 * A fast 64-bit hash for the names of cache entries: megabytes in a fraction
 * of a millisecond. Not for input that someone picks to collide.
 */

#include <stddef.h>
#include <stdint.h>

/* Of @n bytes, going on from @seed (0, or an earlier result). */
uint64_t eu_hash(uint64_t seed, const void *data, size_t n);

#endif
