// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show options that a control group sets on its sockets, and refuse one
/// @details ecli run package.json -t /sys/fs/cgroup/NAME --refuse 13
char LICENSE[] SEC("license") = "GPL";

struct event {
	int level;
	int option;
	bool allowed;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// an option of IPPROTO_TCP that is not allowed, as TCP_CONGESTION = 13
const volatile int refuse = 0;

SEC("cgroup/setsockopt")
int on_set(struct bpf_sockopt *ctx)
{
	struct event e = { .level = ctx->level, .option = ctx->optname };
	int allowed = 1;

	/* Old verifiers must see that it is 0 or 1. */
	if (refuse && e.level == IPPROTO_TCP && e.option == refuse)
		allowed = 0;
	e.allowed = allowed;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return allowed;
}
