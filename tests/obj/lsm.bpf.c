/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Denies one process to remove directories. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct event {
	int pid;
	char comm[16];
};

/* whose calls are denied */
const volatile int only = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} rb SEC(".maps");

struct event *unused_event __attribute__((unused));

char LICENSE[] SEC("license") = "GPL";

SEC("lsm/path_rmdir")
int BPF_PROG(no_rmdir)
{
	struct event e = { 0 };

	e.pid = bpf_get_current_pid_tgid() >> 32;
	if (e.pid != only)
		return 0;
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return -EPERM;
}
