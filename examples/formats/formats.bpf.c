/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * One event, in each form that it can be shown in:
 *
 *	ecli run package.json
 *	ecli run package.json --format compact
 *	ecli run package.json --format json
 *	ecli run package.json --format json-array --timeout 5 | jq length
 *	ecli run package.json --format csv -o signals.csv
 *	ecli run package.json --format yaml
 *	ecli run package.json --format raw | xxd
 *
 * Stack traces have two more: see the example profile.
 */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>
#include <eunomia/format.bpf.h>

/// @export
struct event {
	int pid;
	struct {
		int pid;
		eu_signal signal;
	} to;
	/* A list stands in one column of CSV, a struct in several. */
	unsigned short list[2];
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	struct event e = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.to.pid = ctx->args[0],
		.to.signal = ctx->args[1],
		.list = { 1, 2 },
	};

	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}

/// Shows the signals that processes send, in any form
char LICENSE[] SEC("license") = "Dual BSD/GPL";
