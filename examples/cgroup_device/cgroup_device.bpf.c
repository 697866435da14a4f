// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show which devices a control group opens, and forbid one
/// @details ecli run package.json -t /sys/fs/cgroup/NAME --major 1 --minor 5
char LICENSE[] SEC("license") = "GPL";

struct event {
	unsigned int major;
	unsigned int minor;
	bool allowed;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// the device that is not allowed
const volatile unsigned int major = 0, minor = 0;

SEC("cgroup/dev")
int on_device(struct bpf_cgroup_dev_ctx *ctx)
{
	struct event e = { .major = ctx->major, .minor = ctx->minor };
	int allowed = 1;

	/* Old verifiers must see that it is 0 or 1. */
	if (major && e.major == major && e.minor == minor)
		allowed = 0;
	e.allowed = allowed;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return allowed;
}
