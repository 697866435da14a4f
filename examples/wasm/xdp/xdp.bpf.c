// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "xdp.h"

/// @brief Show the sizes of packets as they arrive at an interface
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	struct event e = { .size = ctx->data_end - ctx->data };

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return XDP_PASS; /* on to the network stack */
}
