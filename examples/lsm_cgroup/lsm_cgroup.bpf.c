// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Forbid the processes of a control group to open sockets of a family
/// @details ecli run package.json -t /sys/fs/cgroup/NAME --family 16
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	int family;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// the family, as AF_NETLINK = 16
const volatile int family = 16;

SEC("lsm_cgroup/socket_create")
int BPF_PROG(on_create, int of, int type, int protocol, int kern)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.family = of,
	};

	if (of != family)
		return 1; /* allowed */
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
