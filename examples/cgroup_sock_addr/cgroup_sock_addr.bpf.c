// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/// @brief Send connections of a control group elsewhere
/// @details ecli run package.json -t /sys/fs/cgroup/NAME --from 80 --to 8080: who connects to port 80 gets to port 8080
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int port;
	bool redirected;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// the port that processes connect to
const volatile unsigned short from = 0;
/// the port where they get to
const volatile unsigned short to = 0;

SEC("cgroup/connect4")
int on_connect(struct bpf_sock_addr *ctx)
{
	struct event e = { .port = bpf_ntohs(ctx->user_port) };

	e.redirected = from && e.port == from;
	if (e.redirected)
		ctx->user_port = bpf_htons(to);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 1;
}
