// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show calls of all functions of the kernel that a pattern fits
/// @details ecli run package.json -t 'vfs_*' --pid 1234. One link does for all of them; kernels without such links get a probe for each.
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	u64 function;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// show this process only
const volatile int pid = 0;

SEC("kprobe.multi/vfs_*dir")
int BPF_KPROBE(on_call)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.function = bpf_get_func_ip(ctx),
	};

	if (pid && pid != e.pid)
		return 0;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
