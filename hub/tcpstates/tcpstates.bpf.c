// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <eunomia/buffer.bpf.h>
#include "tcpstates.h"

/// @brief Show how TCP connections come and go: their states, and how long each lasted
/// @details Addresses of IPv4 look like ::ffff:192.0.2.1.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PROTOCOL_TCP 6

/// only connections that have this port on either side
const volatile unsigned short port = 0;

/* When each socket went into the state that it is in. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 10240);
	__type(key, u64);
	__type(value, u64);
} since SEC(".maps");

EU_BUFFER(events, struct event, 256 * 1024);

SEC("tp/sock/inet_sock_set_state")
int on_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	u64 sock = (u64)ctx->skaddr, now = bpf_ktime_get_ns(), *begun;
	struct event *e;

	if (ctx->protocol != PROTOCOL_TCP ||
	    (port && port != ctx->sport && port != ctx->dport))
		return 0;
	begun = bpf_map_lookup_elem(&since, &sock);
	e = eu_buffer_reserve(events);
	if (e) {
		e->sock = sock;
		e->from_port = ctx->sport;
		e->to_port = ctx->dport;
		BPF_CORE_READ_INTO(&e->from, ctx, saddr_v6);
		BPF_CORE_READ_INTO(&e->to, ctx, daddr_v6);
		e->before = ctx->oldstate;
		e->state = ctx->newstate;
		e->lasted = begun ? now - *begun : 0;
		eu_buffer_submit(ctx, events, e);
	}
	if (ctx->newstate == TCP_CLOSE)
		bpf_map_delete_elem(&since, &sock);
	else
		bpf_map_update_elem(&since, &sock, &now, BPF_ANY);
	return 0;
}
