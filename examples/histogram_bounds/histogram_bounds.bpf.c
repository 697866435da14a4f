/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* How much write(2) is given: slots with bounds of their own. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

/* Nothing, a word, a line, a screen, more: where each of these begins. */
#define SLOTS 5

struct hist {
	__u32 slots[SLOTS];
};

/// @sample {"interval": 1000, "type": "hist", "unit": "bytes",
///          "buckets": [0, 1, 9, 81, 1025]}
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct hist);
} writes SEC(".maps");

/// only of this process; 0: of all
const volatile int pid = 0;

SEC("tp/syscalls/sys_enter_write")
int on_write(struct trace_event_raw_sys_enter *ctx)
{
	__u64 n = ctx->args[2];
	__u32 zero = 0, slot = (n > 0) + (n > 8) + (n > 80) + (n > 1024);
	struct hist *h = bpf_map_lookup_elem(&writes, &zero);

	if (pid && pid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	if (h && slot < SLOTS)
		__sync_fetch_and_add(&h->slots[slot], 1);
	return 0;
}

/// Shows how much write(2) is given
char LICENSE[] SEC("license") = "Dual BSD/GPL";
