/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Two buffers, each with a type of its own: rows say which they are of. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

/// @export
struct sent {
	int pid;
	/// @format signal
	int signal;
};

/// @export
struct asked {
	int pid;
	int target;
	char comm[16];
};

/// @type sent
/// what is sent
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} signals SEC(".maps");

/// @type asked
/// signal 0, which asks whether a process is there
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} questions SEC(".maps");

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	int pid = bpf_get_current_pid_tgid() >> 32;
	struct sent s = { .pid = pid, .signal = ctx->args[1] };
	struct asked a = { .pid = pid, .target = ctx->args[0] };

	if (s.signal) {
		bpf_ringbuf_output(&signals, &s, sizeof(s), 0);
	} else {
		bpf_get_current_comm(a.comm, sizeof(a.comm));
		bpf_ringbuf_output(&questions, &a, sizeof(a), 0);
	}
	return 0;
}

/// Shows signals that are sent, and processes that are looked for
char LICENSE[] SEC("license") = "Dual BSD/GPL";
