// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show the packets that a packet socket gets to see
/// @details ecli run package.json -t eth0, or without a target all interfaces
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	unsigned int ifindex;
	unsigned int length;
	unsigned char protocol;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("socket")
int on_packet(struct __sk_buff *skb)
{
	struct event e = { .ifindex = skb->ifindex, .length = skb->len };

	/* Behind 14 bytes of Ethernet, 9 bytes into the header of IPv4. */
	bpf_skb_load_bytes(skb, 14 + 9, &e.protocol, sizeof(e.protocol));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0; /* nothing is kept: the program has seen it */
}
