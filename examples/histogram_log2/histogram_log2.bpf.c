/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* How much write(2) is given: slots of powers of two. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

#define SLOTS 32

struct hist {
	__u32 slots[SLOTS];
};

/// @sample {"interval": 1000, "type": "log2_hist", "unit": "bytes"}
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct hist);
} writes SEC(".maps");

/// only of this process; 0: of all
const volatile int pid = 0;

/* Slot 0 is for 0 and 1, slot 1 for 2 and 3, slot 2 for 4 to 7, ... */
static __u32 slot_of(__u64 v)
{
	__u32 slot = 0;

	for (int bits = 16; bits; bits /= 2)
		if (v >> bits) {
			v >>= bits;
			slot += bits;
		}
	return slot;
}

SEC("tp/syscalls/sys_enter_write")
int on_write(struct trace_event_raw_sys_enter *ctx)
{
	__u32 zero = 0, slot = slot_of(ctx->args[2]);
	struct hist *h = bpf_map_lookup_elem(&writes, &zero);

	if (pid && pid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	if (h && slot < SLOTS)
		__sync_fetch_and_add(&h->slots[slot], 1);
	return 0;
}

/// Shows how much write(2) is given
char LICENSE[] SEC("license") = "Dual BSD/GPL";
