// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show files that are removed, and whether that worked
/// @details Other functions: -t on_call=do_rmdir, with an offset: -t on_call=do_rmdir+0x4
char LICENSE[] SEC("license") = "GPL";

struct event {
	int pid;
	int result;
	char file[64];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, struct event);
} calls SEC(".maps");

SEC("kprobe/do_unlinkat")
int BPF_KPROBE(on_call, int dir, struct filename *file)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct event e = { .pid = thread >> 32 };

	bpf_probe_read_kernel_str(e.file, sizeof(e.file),
				  BPF_CORE_READ(file, name));
	bpf_map_update_elem(&calls, &thread, &e, BPF_ANY);
	return 0;
}

SEC("kretprobe/do_unlinkat")
int BPF_KRETPROBE(on_return, int result)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct event *e = bpf_map_lookup_elem(&calls, &thread);

	if (!e)
		return 0;
	e->result = result;
	bpf_ringbuf_output(&rb, e, sizeof(*e), 0);
	bpf_map_delete_elem(&calls, &thread);
	return 0;
}
