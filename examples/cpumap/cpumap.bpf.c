// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Have another processor work on packets
/// @details Packets of eth0 to processor 1: ecli run package.json -t on_packet=eth0 -t on_processor=map:processors,key=1 --processor 1
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	unsigned int ifindex;
	unsigned int length;
	unsigned int processor;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, struct bpf_cpumap_val);
} processors SEC(".maps");

/// where packets go
const volatile unsigned int processor = 0;

SEC("xdp")
int on_packet(struct xdp_md *ctx)
{
	return bpf_redirect_map(&processors, processor, XDP_PASS);
}

/* Belongs to a place of the map: it runs on that processor. */
SEC("xdp/cpumap")
int on_processor(struct xdp_md *ctx)
{
	struct event e = {
		.ifindex = ctx->ingress_ifindex,
		.length = ctx->data_end - ctx->data,
		.processor = bpf_get_smp_processor_id(),
	};

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return XDP_PASS;
}
