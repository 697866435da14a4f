/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Two programs; the verifier refuses the second. */
#include "fire.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");

FIRE int fine(const struct enter *ctx)
{
	return 0;
}

FIRE int forgets_to_check(const struct enter *ctx)
{
	u32 key = 1;
	u64 *n = bpf_map_lookup_elem(&counts, &key);

	*n += 1; /* it may be NULL */
	return 0;
}
