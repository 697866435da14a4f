/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "net.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} sockets SEC(".maps");

SEC("sk_skb/stream_verdict")
int on_verdict(struct __sk_buff *skb)
{
	SHOW(skb->ifindex, skb->len, "verdict");
	return SK_PASS;
}
