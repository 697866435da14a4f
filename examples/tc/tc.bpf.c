// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show the packets that an interface sends or receives
/// @details ecli run package.json -t eth0:egress
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	unsigned int ifindex;
	unsigned int length;
	bool received;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("tc")
int on_packet(struct __sk_buff *skb)
{
	struct event e = {
		.ifindex = skb->ifindex,
		.length = skb->len,
		.received = skb->ingress_ifindex != 0,
	};

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return -1; /* TC_ACT_UNSPEC: others decide */
}
