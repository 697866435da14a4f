// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Say for how long the system has been running, and end
/// @details A program of this kind is attached nowhere: it runs once, when it is loaded.
char LICENSE[] SEC("license") = "GPL";

struct event {
	u64 seconds;
	u32 cpu;
	bool answered;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} rb SEC(".maps");

/// what the program returns
const volatile int answer = 0;

SEC("syscall")
int once(void *ctx)
{
	struct event e = {
		.seconds = bpf_ktime_get_boot_ns() / 1000000000,
		.cpu = bpf_get_smp_processor_id(),
		.answered = answer != 0,
	};

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return answer;
}
