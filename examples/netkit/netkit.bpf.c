// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show the packets that a pair of netkit devices passes on
/// @details Programs are attached to the primary device and see what it or its peer sends: ecli run package.json -t nk0
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int ifindex;
	unsigned int length;
	bool peer;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

static int show(struct __sk_buff *skb, bool peer)
{
	struct event e = {
		.ifindex = skb->ifindex,
		.length = skb->len,
		.peer = peer,
	};

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return -1; /* NETKIT_NEXT */
}

SEC("netkit/primary")
int on_primary(struct __sk_buff *skb)
{
	return show(skb, false);
}

SEC("netkit/peer")
int on_peer(struct __sk_buff *skb)
{
	return show(skb, true);
}
