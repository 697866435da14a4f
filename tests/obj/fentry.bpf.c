/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* unlink(2) through trampolines. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct filename {
	const char *name;
} __attribute__((preserve_access_index));

struct event {
	int pid;
	long value;
	char how[8];
	char name[64];
};

/* whose calls */
const volatile int only = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct event *unused_event __attribute__((unused));

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static int show(const char *how, const char *name, long value)
{
	struct event e = { .value = value };

	e.pid = bpf_get_current_pid_tgid() >> 32;
	if (only && e.pid != only)
		return 0;
	__builtin_memcpy(e.how, how, 8);
	bpf_probe_read_kernel_str(e.name, sizeof(e.name), name);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}

SEC("fentry/do_unlinkat")
int BPF_PROG(on_entry, int dfd, struct filename *name)
{
	return show("fentry\0", name->name, dfd);
}

SEC("fexit/do_unlinkat")
int BPF_PROG(on_return, int dfd, struct filename *name, int ret)
{
	return show("fexit\0\0", "", ret);
}
