// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show which sockets of a network namespace are looked for
/// @details ecli run package.json -t /proc/self/ns/net --refuse 8080
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	unsigned int protocol;
	unsigned int local_port;
	bool refused;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// find no socket for this port
const volatile unsigned int refuse = 0;

SEC("sk_lookup")
int on_lookup(struct bpf_sk_lookup *ctx)
{
	struct event e = {
		.protocol = ctx->protocol,
		.local_port = ctx->local_port,
	};

	e.refused = refuse && e.local_port == refuse;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return e.refused ? SK_DROP : SK_PASS;
}
