// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/// @brief Show which settings of the kernel a control group reads and writes
/// @details ecli run package.json -t /sys/fs/cgroup/NAME --read_only
char LICENSE[] SEC("license") = "GPL";

struct event {
	char name[48];
	bool write;
	bool allowed;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/// forbid writing
const volatile bool read_only = false;

SEC("cgroup/sysctl")
int on_sysctl(struct bpf_sysctl *ctx)
{
	struct event e = { .write = ctx->write };

	e.allowed = !read_only || !e.write;
	bpf_sysctl_get_name(ctx, e.name, sizeof(e.name), 0);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	/* The verifier wants to see that it is 0 or 1. */
	return read_only && ctx->write ? 0 : 1;
}
