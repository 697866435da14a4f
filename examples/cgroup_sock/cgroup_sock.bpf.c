// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show the sockets that a control group opens, and forbid a family
/// @details ecli run package.json -t /sys/fs/cgroup/NAME --forbid 10
char LICENSE[] SEC("license") = "GPL";

struct event {
	int family;
	int type;
	bool allowed;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// a family that is not allowed, as AF_INET6 = 10
const volatile int forbid = 0;

SEC("cgroup/sock_create")
int on_create(struct bpf_sock *sk)
{
	struct event e = { .family = sk->family, .type = sk->type };
	int allowed = 1;

	/* Old verifiers must see that it is 0 or 1. */
	if (forbid && e.family == forbid)
		allowed = 0;
	e.allowed = allowed;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return allowed;
}
