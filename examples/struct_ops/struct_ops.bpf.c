// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief A congestion control for TCP that never sends more than a fixed window
/// @details While it runs, sockets may choose "eu_fixed" (TCP_CONGESTION). A table of functions like this is what the kernel calls struct_ops.
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned short port;
	unsigned int window;
	char what[8];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// segments that may be on their way
const volatile unsigned int window = 10;

static void show(struct sock *sk, const char *what)
{
	struct event e = { .port = sk->__sk_common.skc_num, .window = window };

	__builtin_memcpy(e.what, what, sizeof(e.what));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
}

SEC("struct_ops")
void BPF_PROG(fixed_init, struct sock *sk)
{
	show(sk, "init\0\0\0");
}

SEC("struct_ops")
void BPF_PROG(fixed_release, struct sock *sk)
{
	show(sk, "release");
}

SEC("struct_ops")
u32 BPF_PROG(fixed_ssthresh, struct sock *sk)
{
	return window;
}

SEC("struct_ops")
void BPF_PROG(fixed_cong_avoid, struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	tp->snd_cwnd = window;
}

SEC("struct_ops")
u32 BPF_PROG(fixed_undo_cwnd, struct sock *sk)
{
	return window;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops fixed = {
	.init = (void *)fixed_init,
	.release = (void *)fixed_release,
	.ssthresh = (void *)fixed_ssthresh,
	.cong_avoid = (void *)fixed_cong_avoid,
	.undo_cwnd = (void *)fixed_undo_cwnd,
	.name = "eu_fixed",
};
