// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Take the place of a function of another program
/// @details ecli run package.json -t prog:ID drops each packet that the example xdp, which has the id ID, would let through. When this ends the function is there again.
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int port;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("freplace/verdict")
int refuse(unsigned int port)
{
	struct event e = { .port = port };

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return XDP_DROP;
}
