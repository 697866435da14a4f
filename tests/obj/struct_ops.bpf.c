/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* A way of congestion control that is registered without a link. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("struct_ops")
int stays_ssthresh(void *ctx)
{
	return 7;
}

SEC("struct_ops")
int stays_undo_cwnd(void *ctx)
{
	return 7;
}

SEC("struct_ops")
int stays_cong_avoid(void *ctx)
{
	return 0;
}

/* The members in use; libbpf finds them by name in the kernel's. */
struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
};

SEC(".struct_ops")
struct tcp_congestion_ops stays = {
	.ssthresh = (void *)stays_ssthresh,
	.cong_avoid = (void *)stays_cong_avoid,
	.undo_cwnd = (void *)stays_undo_cwnd,
	.name = "eu_stays",
};
