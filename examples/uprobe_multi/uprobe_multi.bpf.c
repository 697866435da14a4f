// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show calls of all functions of a binary that a pattern fits
/// @details ecli run package.json -t 'libc:mem*,pid=1234'. Functions are told apart by their addresses.
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	u64 function;
	long argument;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("uprobe.multi")
int BPF_KPROBE(on_call, long argument)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.function = PT_REGS_IP(ctx),
		.argument = argument,
	};

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
