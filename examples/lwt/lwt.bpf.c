// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Look at packets of a route, and drop some
/// @details They belong to a route, which ip(8) makes; by their ids they get names that it knows: bpftool prog pin id ID /sys/fs/bpf/out; ip route add 192.0.2.0/24 encap bpf out pinned /sys/fs/bpf/out dev eth0. They go with the route.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	/// of IP, with its header
	unsigned int length;
	bool received;
	bool dropped;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// drop what is longer and sent; 0 drops nothing
const volatile unsigned int longest = 0;

static int look(struct __sk_buff *skb, bool received)
{
	struct event e = { .length = skb->len, .received = received };

	e.dropped = !received && longest && e.length > longest;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return e.dropped ? BPF_DROP : BPF_OK;
}

SEC("lwt_in")
int on_in(struct __sk_buff *skb)
{
	return look(skb, true);
}

SEC("lwt_out")
int on_out(struct __sk_buff *skb)
{
	return look(skb, false);
}
