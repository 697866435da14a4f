// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show processes that start a program
/// @details A raw tracepoint gives the kernel function's own arguments, which ctx->args holds as numbers: here the task, its old process id and the file.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	int pid;
	char comm[16];
};
/* What the rows of a ring buffer look like is said by such a pointer. */
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct event e = { .pid = bpf_get_current_pid_tgid() >> 32 };

	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
