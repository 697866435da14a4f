/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "net.h"

SEC("tcx/ingress")
int on_ingress(struct __sk_buff *skb)
{
	SHOW(skb->ifindex, skb->len, "in");
	return -1;
}

SEC("tcx/egress")
int on_egress(struct __sk_buff *skb)
{
	SHOW(skb->ifindex, skb->len, "out");
	return -1;
}
