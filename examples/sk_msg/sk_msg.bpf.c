// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show what connected sockets of a control group are given to send, and drop some
/// @details ecli run package.json -t on_socket=/sys/fs/cgroup/NAME --longest 100
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int length;
	bool dropped;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, u64);
} sockets SEC(".maps");

/* Sockets come into the map as their connections come about. */
SEC("sockops")
int on_socket(struct bpf_sock_ops *ctx)
{
	u64 key = (u64)ctx->local_port << 32 | ctx->remote_port;

	if (ctx->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB)
		bpf_sock_hash_update(ctx, &sockets, &key, BPF_ANY);
	return 0;
}

/// refuse messages that are longer
const volatile unsigned int longest = 65535;

/// @target map:sockets
SEC("sk_msg")
int on_message(struct sk_msg_md *ctx)
{
	struct event e = { .length = ctx->size };

	e.dropped = e.length > longest;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return e.dropped ? SK_DROP : SK_PASS;
}
