// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show the packets of a control group, and drop large ones
/// @details ecli run package.json -t /sys/fs/cgroup/NAME --longest 1000
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int length;
	bool sent;
	bool dropped;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// drop what is longer
const volatile unsigned int longest = 65535;

static int show(struct __sk_buff *skb, bool sent)
{
	struct event e = { .length = skb->len, .sent = sent };

	e.dropped = e.length > longest;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return !e.dropped;
}

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *skb)
{
	return show(skb, true);
}

SEC("cgroup_skb/ingress")
int on_ingress(struct __sk_buff *skb)
{
	return show(skb, false);
}
