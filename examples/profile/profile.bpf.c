// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show where processes and the kernel spend their time
/// @details A flame graph: ecli run package.json -o flames.svg; folded stacks for other tools: --format folded
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Members of these names are shown as stack traces, not as numbers. */
struct place {
	int pid;
	int ustack_id;
	int kstack_id;
	char comm[16];
};

/* Each different stack is kept once, under an id. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16384);
	__type(key, u32);
	__uint(value_size, 127 * sizeof(u64));
} stacks SEC(".maps");

/// @sample {"interval": 1000}
/// how often each stack was seen
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct place);
	__type(value, u64);
} counts SEC(".maps");

/// show this process only
const volatile int pid = 0;

SEC("perf_event")
int on_sample(struct bpf_perf_event_data *ctx)
{
	struct place at = { .pid = bpf_get_current_pid_tgid() >> 32 };
	u64 one = 1, *count;

	/* 0 is what runs when nothing does. */
	if (!at.pid || (pid && pid != at.pid))
		return 0;
	bpf_get_current_comm(at.comm, sizeof(at.comm));
	at.ustack_id = bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK);
	at.kstack_id = bpf_get_stackid(ctx, &stacks, 0);
	count = bpf_map_lookup_elem(&counts, &at);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&counts, &at, &one, BPF_NOEXIST);
	return 0;
}
