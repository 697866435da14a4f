// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show TCP connections of a control group as they come about
/// @details ecli run package.json -t /sys/fs/cgroup/NAME
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int local_port;
	bool accepted;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("sockops")
int on_socket(struct bpf_sock_ops *ctx)
{
	struct event e = { .local_port = ctx->local_port };

	switch (ctx->op) {
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB: e.accepted = true; break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB: break;
	default: return 0;
	}
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
