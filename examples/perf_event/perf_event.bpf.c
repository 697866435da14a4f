// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show what runs, 49 times a second on each CPU
/// @details Other rates and events are given on the command line: -t cycles,freq=99 or -t page-faults,period=1
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	int pid;
	int cpu;
	char comm[16];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// show this process only
const volatile int pid = 0;

SEC("perf_event")
int on_sample(struct bpf_perf_event_data *ctx)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.cpu = bpf_get_smp_processor_id(),
	};

	if (pid && pid != e.pid)
		return 0;
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
