/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "net.h"

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *skb)
{
	SHOW(skb->ifindex, skb->len, "skb");
	return 1;
}

SEC("cgroup/connect4")
int on_connect(struct bpf_sock_addr *ctx)
{
	SHOW(0, bpf_ntohs(ctx->user_port), "connect");
	return 1;
}

SEC("sockops")
int on_sockops(struct bpf_sock_ops *ops)
{
	if (ops->op == BPF_SOCK_OPS_TCP_CONNECT_CB)
		SHOW(0, bpf_ntohl(ops->remote_port), "ops");
	return 1;
}
