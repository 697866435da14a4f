// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show which packets pass, in the order of the programs that see them
/// @details Several programs at one place run one after the other: ecli run package.json -t eth0,before=ID or after=ID, where ID is another program's.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	unsigned int ifindex;
	unsigned int length;
	int mark;
	char where[8];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// what this run calls itself: later programs see it as the packet's mark
const volatile int mark = 0;

static int show(struct __sk_buff *skb, const char *where)
{
	struct event e = {
		.ifindex = skb->ifindex,
		.length = skb->len,
		.mark = skb->mark,
	};

	__builtin_memcpy(e.where, where, sizeof(e.where));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	if (mark)
		skb->mark = mark;
	return TCX_NEXT;
}

SEC("tcx/ingress")
int on_ingress(struct __sk_buff *skb)
{
	return show(skb, "ingress");
}

SEC("tcx/egress")
int on_egress(struct __sk_buff *skb)
{
	return show(skb, "egress\0");
}
