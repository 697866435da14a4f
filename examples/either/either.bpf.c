// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Show files that are removed, by the best means that the kernel has
/// @details fentry costs least, a kprobe works on more kernels, a tracepoint on nearly all. @either names the program that runs where the one below it cannot; ecli says which were left out.
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct event {
	int pid;
	char by[12];
	char file[64];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

static struct event *begin(void)
{
	struct event *e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);

	if (e)
		e->pid = bpf_get_current_pid_tgid() >> 32;
	return e;
}

/// @either by_kprobe
SEC("fentry/do_unlinkat")
int BPF_PROG(by_fentry, int dir, struct filename *file)
{
	struct event *e = begin();

	if (!e)
		return 0;
	__builtin_memcpy(e->by, "fentry\0\0\0\0\0", sizeof(e->by));
	bpf_probe_read_kernel_str(e->file, sizeof(e->file), file->name);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/// @either by_tp
SEC("kprobe/do_unlinkat")
int BPF_KPROBE(by_kprobe, int dir, struct filename *file)
{
	struct event *e = begin();

	if (!e)
		return 0;
	__builtin_memcpy(e->by, "kprobe\0\0\0\0\0", sizeof(e->by));
	bpf_probe_read_kernel_str(e->file, sizeof(e->file),
				  BPF_CORE_READ(file, name));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("tp/syscalls/sys_enter_unlinkat")
int by_tp(struct trace_event_raw_sys_enter *ctx)
{
	struct event *e = begin();

	if (!e)
		return 0;
	__builtin_memcpy(e->by, "tracepoint\0", sizeof(e->by));
	bpf_probe_read_user_str(e->file, sizeof(e->file),
				(const char *)ctx->args[1]);
	bpf_ringbuf_submit(e, 0);
	return 0;
}
