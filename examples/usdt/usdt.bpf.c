// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

/// @brief Show a probe that a program's author put into it, and its first argument
/// @details ecli run package.json -t /usr/lib/libpython3.so:python:gc__start. What a binary has: readelf -n FILE
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	long argument;
	u64 cookie;
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("usdt")
int BPF_USDT(on_probe, long argument)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.argument = argument,
		.cookie = bpf_usdt_cookie(ctx),
	};

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
