/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 100);
	__type(key, __u64);
	__type(value, __u64);
} entries SEC(".maps");

/* Never attached: an object has one. */
SEC("tracepoint/syscalls/sys_enter_getpgid")
int nothing(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
