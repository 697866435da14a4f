// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Forbid a process to remove folders
/// @details The kernel asks its security modules; this is one. It needs bpf among those of the boot parameter lsm=.
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	char folder[32];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// the process that may not
const volatile int pid = 0;

SEC("lsm/path_rmdir")
int BPF_PROG(refuse, const struct path *dir, struct dentry *dentry)
{
	struct event e = { .pid = bpf_get_current_pid_tgid() >> 32 };

	if (e.pid != pid)
		return 0;
	bpf_probe_read_kernel_str(e.folder, sizeof(e.folder),
				  dentry->d_name.name);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return -1; /* EPERM */
}
