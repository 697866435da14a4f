// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <eunomia/buffer.bpf.h>
#include "tcpconnect.h"

/// @brief Show TCP connections that processes ask for, and what came of it
/// @details A connection is shown when the other side has answered or nobody did. Addresses of IPv4 look like ::ffff:192.0.2.1.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PROTOCOL_TCP 6

/// only connections of this process
const volatile int pid = 0;
/// only connections to this port
const volatile unsigned short port = 0;

/* Who asked, and when: the answer is worked on by whatever process runs then. */
struct call {
	u64 since;
	int pid;
	char comm[16];
};

/* By the address of the kernel's socket. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 10240);
	__type(key, u64);
	__type(value, struct call);
} calls SEC(".maps");

EU_BUFFER(events, struct event, 256 * 1024);

static int begin(struct trace_event_raw_inet_sock_set_state *ctx)
{
	u64 sock = (u64)ctx->skaddr;
	struct call c = {
		.since = bpf_ktime_get_ns(),
		.pid = bpf_get_current_pid_tgid() >> 32,
	};

	if ((pid && pid != c.pid) || (port && port != ctx->dport))
		return 0;
	bpf_get_current_comm(c.comm, sizeof(c.comm));
	bpf_map_update_elem(&calls, &sock, &c, BPF_ANY);
	return 0;
}

static int end(struct trace_event_raw_inet_sock_set_state *ctx)
{
	struct sock *sk = (struct sock *)ctx->skaddr;
	u64 sock = (u64)sk;
	struct call *c = bpf_map_lookup_elem(&calls, &sock);
	struct event *e;

	if (!c)
		return 0;
	e = eu_buffer_reserve(events);
	if (!e)
		goto out;
	e->pid = c->pid;
	e->took = bpf_ktime_get_ns() - c->since;
	e->from_port = ctx->sport;
	e->to_port = ctx->dport;
	__builtin_memcpy(e->comm, c->comm, sizeof(e->comm));
	BPF_CORE_READ_INTO(&e->from, ctx, saddr_v6);
	BPF_CORE_READ_INTO(&e->to, ctx, daddr_v6);
	e->result = 0;
	if (ctx->newstate != TCP_ESTABLISHED)
		e->result = BPF_CORE_READ(sk, sk_err);
	eu_buffer_submit(ctx, events, e);
out:
	bpf_map_delete_elem(&calls, &sock);
	return 0;
}

SEC("tp/sock/inet_sock_set_state")
int on_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	if (ctx->protocol != PROTOCOL_TCP)
		return 0;
	if (ctx->newstate == TCP_SYN_SENT)
		return begin(ctx);
	return ctx->oldstate == TCP_SYN_SENT ? end(ctx) : 0;
}
