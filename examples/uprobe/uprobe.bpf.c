// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show calls of a function in a program or library, and what it returned
/// @details ecli run package.json -t libc:malloc,pid=1234. Without a target: lines that bash reads.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	int pid;
	long argument;
	long result;
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
	__type(value, long);
} arguments SEC(".maps");

SEC("uprobe//bin/bash:readline")
int BPF_KPROBE(on_call, long argument)
{
	u64 thread = bpf_get_current_pid_tgid();

	bpf_map_update_elem(&arguments, &thread, &argument, BPF_ANY);
	return 0;
}

SEC("uretprobe//bin/bash:readline")
int BPF_KRETPROBE(on_return, long result)
{
	u64 thread = bpf_get_current_pid_tgid();
	long *argument = bpf_map_lookup_elem(&arguments, &thread);
	struct event e = { .pid = thread >> 32, .result = result };

	if (!argument)
		return 0;
	e.argument = *argument;
	bpf_map_delete_elem(&arguments, &thread);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
