// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Send packets out of another interface, and look at them there
/// @details A packet of eth0 goes out of eth1: ecli run package.json -t on_packet=eth0 -t on_egress=map:ports,interface=eth1
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	unsigned int from;
	unsigned int to;
	unsigned int length;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, struct bpf_devmap_val);
} ports SEC(".maps");

SEC("xdp")
int on_packet(struct xdp_md *ctx)
{
	/* While there is no interface in that place packets go their way. */
	return bpf_redirect_map(&ports, 0, XDP_PASS);
}

/* Belongs to a place of the map: it runs before the packet is sent. */
SEC("xdp/devmap")
int on_egress(struct xdp_md *ctx)
{
	struct event e = {
		.from = ctx->ingress_ifindex,
		.to = ctx->egress_ifindex,
		.length = ctx->data_end - ctx->data,
	};

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return XDP_PASS;
}
