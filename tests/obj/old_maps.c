/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Maps as they were defined before BTF, which libbpf no longer takes. */
#include <linux/bpf.h>

#define SEC(NAME) __attribute__((section(NAME), used))

struct bpf_map_def {
	unsigned int type, key_size, value_size, max_entries, map_flags;
};

struct bpf_map_def SEC("maps") counts = {
	BPF_MAP_TYPE_HASH, 4, 8, 16, 0,
};

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;

SEC("tracepoint/syscalls/sys_enter_kill")
int hello(void *ctx)
{
	__u32 key = 1;
	__u64 *n = bpf_map_lookup_elem(&counts, &key);

	if (n)
		*n += 1;
	return 0;
}

char _license[] SEC("license") = "GPL";
