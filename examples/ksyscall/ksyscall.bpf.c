// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show signals that are sent, by the system call's own function
/// @details ksyscall finds the function that the architecture has for a system call.
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	int target;
	int signal;
	int result;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, struct event);
} calls SEC(".maps");

SEC("ksyscall/kill")
int BPF_KSYSCALL(on_call, int target, int signal)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct event e = {
		.pid = thread >> 32,
		.target = target,
		.signal = signal,
	};

	bpf_map_update_elem(&calls, &thread, &e, BPF_ANY);
	return 0;
}

SEC("kretsyscall/kill")
int BPF_KRETPROBE(on_return, int result)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct event *e = bpf_map_lookup_elem(&calls, &thread);

	if (!e)
		return 0;
	e->result = result;
	bpf_ringbuf_output(&rb, e, sizeof(*e), 0);
	bpf_map_delete_elem(&calls, &thread);
	return 0;
}
