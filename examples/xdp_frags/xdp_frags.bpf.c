// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show packets that are larger than a page
/// @details Such a packet lies in several pieces; SEC("xdp.frags") says that the program knows. ecli run package.json -t eth0
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	unsigned int length;
	/// what of it is in the first piece
	unsigned int here;
	/// the last byte
	unsigned char last;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("xdp.frags")
int on_packet(struct xdp_md *ctx)
{
	struct event e = {
		.length = bpf_xdp_get_buff_len(ctx),
		.here = ctx->data_end - ctx->data,
	};

	/* A pointer would only reach into the first piece. */
	if (e.length &&
	    !bpf_xdp_load_bytes(ctx, e.length - 1, &e.last, sizeof(e.last)))
		bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return XDP_PASS;
}
