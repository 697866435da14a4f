// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show processes that start a program, with their parents
/// @details The arguments of a tp_btf program have types: members of structs are read as in C, without a helper.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	int pid;
	int ppid;
	char comm[16];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid,
	     struct linux_binprm *bprm)
{
	struct event e = {
		.pid = task->tgid,
		.ppid = task->real_parent->tgid,
	};

	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
