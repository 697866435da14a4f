/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "net.h"

SEC("tc")
int on_tc(struct __sk_buff *skb)
{
	SHOW(skb->ifindex, skb->len, "tc");
	return -1; /* TC_ACT_UNSPEC: as if it were not there */
}
