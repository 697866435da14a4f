// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "sockfilter.h"

/// @brief Show packets of TCP and UDP, and count them
char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum { IP = 14 }; /* where its header begins, behind Ethernet's */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} rb SEC(".maps");

/* By protocol; each CPU counts in a value of its own. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, u32);
	__type(value, struct count);
} counts SEC(".maps");

SEC("socket")
int socket_handler(struct __sk_buff *skb)
{
	struct event e = { .length = skb->len };
	u8 version_and_words, protocol;
	u32 key, header;
	struct count *c;

	if (skb->protocol != bpf_htons(0x0800 /* IPv4 */))
		return 0;
	bpf_skb_load_bytes(skb, IP, &version_and_words, 1);
	bpf_skb_load_bytes(skb, IP + 9, &protocol, 1);
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return 0;
	e.protocol = key = protocol;
	bpf_skb_load_bytes(skb, IP + 12, e.source, 4);
	bpf_skb_load_bytes(skb, IP + 16, e.destination, 4);
	header = (version_and_words & 15) * 4;
	bpf_skb_load_bytes(skb, IP + header, e.source_port, 2);
	bpf_skb_load_bytes(skb, IP + header + 2, e.destination_port, 2);
	c = bpf_map_lookup_elem(&counts, &key);
	if (c) {
		c->packets++;
		c->bytes += e.length;
	}
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0; /* nothing is kept: the program has seen it */
}
