// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/// @brief Show the packets that arrive at an interface, and drop some
/// @details XDP sees a packet before the kernel's network stack does: ecli run package.json -t eth0 --drop_port 9
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	unsigned int ifindex;
	unsigned int length;
	unsigned short port;
	bool dropped;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// drop UDP packets to this port
const volatile unsigned short drop_port = 0;

struct packet {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

/* A function of its own, which ../freplace can replace while this runs. */
__attribute__((noinline)) int verdict(unsigned int port)
{
	return drop_port && port == drop_port ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int on_packet(struct xdp_md *ctx)
{
	struct packet *p = (void *)(long)ctx->data;
	struct event e = {
		.ifindex = ctx->ingress_ifindex,
		.length = ctx->data_end - ctx->data,
	};

	/* The verifier wants to see that what is read is there. */
	if ((void *)(p + 1) > (void *)(long)ctx->data_end)
		return XDP_PASS;
	if (p->eth.h_proto != bpf_htons(0x0800) || p->ip.ihl != 5 ||
	    p->ip.protocol != IPPROTO_UDP)
		return XDP_PASS;
	e.port = bpf_ntohs(p->udp.dest);
	e.dropped = verdict(e.port) == XDP_DROP;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return e.dropped ? XDP_DROP : XDP_PASS;
}
