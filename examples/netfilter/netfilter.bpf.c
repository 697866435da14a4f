// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show UDP packets at one of netfilter's hooks, and drop some
/// @details ecli run package.json -t ipv4:input,priority=10 --drop_port 9. Hooks: prerouting, input, forward, output, postrouting.
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int source;
	unsigned int destination;
	unsigned short port;
	bool dropped;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// drop packets to this port
const volatile unsigned short drop_port = 0;

extern int bpf_dynptr_from_skb(struct __sk_buff *skb, u64 flags,
			       struct bpf_dynptr *ret) __ksym;
extern void *bpf_dynptr_slice(const struct bpf_dynptr *p, u32 offset,
			      void *buffer, u32 size) __ksym;

struct packet {
	struct iphdr ip;
	struct udphdr udp;
};

SEC("netfilter")
int on_packet(struct bpf_nf_ctx *ctx)
{
	struct packet room, *p;
	struct bpf_dynptr all;
	struct event e = { 0 };

	if (bpf_dynptr_from_skb((struct __sk_buff *)ctx->skb, 0, &all))
		return 1;
	p = bpf_dynptr_slice(&all, 0, &room, sizeof(room));
	if (!p || p->ip.protocol != IPPROTO_UDP)
		return 1; /* NF_ACCEPT */
	e.source = bpf_ntohl(p->ip.saddr);
	e.destination = bpf_ntohl(p->ip.daddr);
	e.port = bpf_ntohs(p->udp.dest);
	e.dropped = drop_port && e.port == drop_port;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return !e.dropped;
}
