// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Make system calls that remove folders fail for one process
/// @details A program of this kind runs before a function and, when it returns anything but 0, instead of it.
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	int result;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// the process that may not
const volatile int pid = 0;

SEC("fmod_ret/security_path_rmdir")
int BPF_PROG(refuse)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32, .result = -30, /* EROFS */
	};

	if (e.pid != pid)
		return 0;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return e.result;
}
