/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "net.h"

SEC("socket")
int on_packet(struct __sk_buff *skb)
{
	SHOW(skb->ifindex, skb->len, "socket");
	return 0;
}
