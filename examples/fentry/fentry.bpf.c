// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show files that are removed, with the result of it
/// @details fexit sees arguments and result together, for less than a kprobe costs.
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	int result;
	char file[64];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("fexit/do_unlinkat")
int BPF_PROG(on_return, int dir, struct filename *file, int result)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.result = result,
	};

	/* The name may be gone by now: only what failed is sure to have it. */
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}

SEC("fentry/do_unlinkat")
int BPF_PROG(on_call, int dir, struct filename *file)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.result = 1, /* not known yet */
	};

	bpf_probe_read_kernel_str(e.file, sizeof(e.file), file->name);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
