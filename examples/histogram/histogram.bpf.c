/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* How much read(2) is asked for: a histogram for each program. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

#define SLOTS 16

struct reader {
	char comm[16];
};

struct hist {
	__u32 slots[SLOTS];
};

/// @sample {"interval": 1000, "type": "linear_hist", "min": 0,
///          "step": 4096, "unit": "bytes"}
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct reader);
	__type(value, struct hist);
} reads SEC(".maps");

/// only of this process; 0: of all
const volatile int pid = 0;

SEC("tp/syscalls/sys_enter_read")
int on_read(struct trace_event_raw_sys_enter *ctx)
{
	static const struct hist empty;
	__u64 slot = ctx->args[2] / 4096;
	struct reader key = {};
	struct hist *h;

	if (pid && pid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	bpf_map_update_elem(&reads, &key, &empty, BPF_NOEXIST);
	h = bpf_map_lookup_elem(&reads, &key);
	/* What is too large counts in the last slot. */
	if (slot >= SLOTS)
		slot = SLOTS - 1;
	if (h)
		__sync_fetch_and_add(&h->slots[slot], 1);
	return 0;
}

/// Shows how much read(2) is asked for
char LICENSE[] SEC("license") = "Dual BSD/GPL";
