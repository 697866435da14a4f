// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <eunomia/format.bpf.h>

/// @brief Find out for the kernel what flow a packet belongs to
/// @details One program for each network namespace takes the place of the kernel's own parser: ecli run package.json -t /run/netns/NAME
char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define ETH_P_IP 0x0800

struct event {
	eu_ipv4 source;
	eu_ipv4 destination;
	u32 protocol;
	u16 source_port;
	u16 port;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct ports {
	u16 source, dest;
};

SEC("flow_dissector")
int on_packet(struct __sk_buff *skb)
{
	struct bpf_flow_keys *keys = skb->flow_keys;
	struct event e = {};
	struct ports ports;
	struct iphdr ip;

	/* Of all else nothing is known: it is one flow. */
	if (keys->n_proto != bpf_htons(ETH_P_IP) ||
	    bpf_skb_load_bytes(skb, keys->nhoff, &ip, sizeof(ip)))
		return BPF_DROP;
	keys->addr_proto = ETH_P_IP;
	keys->ipv4_src = e.source = ip.saddr;
	keys->ipv4_dst = e.destination = ip.daddr;
	keys->ip_proto = e.protocol = ip.protocol;
	keys->thoff = keys->nhoff + ip.ihl * 4;
	if ((ip.protocol == IPPROTO_TCP || ip.protocol == IPPROTO_UDP) &&
	    !bpf_skb_load_bytes(skb, keys->thoff, &ports, sizeof(ports))) {
		keys->sport = ports.source;
		keys->dport = ports.dest;
		e.source_port = bpf_ntohs(ports.source);
		e.port = bpf_ntohs(ports.dest);
	}
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return BPF_OK;
}
