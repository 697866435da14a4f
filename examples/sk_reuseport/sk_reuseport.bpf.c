// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Choose among sockets that share a port
/// @details Whoever owns the sockets attaches it, by setsockopt() with SO_ATTACH_REUSEPORT_EBPF and a descriptor of the program (bpf_prog_get_fd_by_id), and puts them into the map "workers".
char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define UDP_HEADER 8

struct event {
	unsigned int length;
	unsigned char first;
	/// is there a socket for it in the map?
	bool chosen;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__uint(max_entries, 256);
	__type(key, u32);
	__type(value, u64);
} workers SEC(".maps");

/* A datagram goes to the socket whose number is its first byte. */
SEC("sk_reuseport")
int on_packet(struct sk_reuseport_md *ctx)
{
	struct event e = { .length = ctx->len - UDP_HEADER };
	u32 worker;

	if (bpf_skb_load_bytes(ctx, UDP_HEADER, &e.first, sizeof(e.first)))
		return SK_PASS;
	worker = e.first;
	e.chosen = !bpf_sk_select_reuseport(ctx, &workers, &worker, 0);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	/* If none was chosen the kernel does it, by the packet's flow. */
	return SK_PASS;
}
