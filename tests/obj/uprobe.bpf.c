/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Calls and returns of a function that the command line names. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct event {
	int pid;
	int value;
	char what[8];
	unsigned long long cookie;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} rb SEC(".maps");

struct event *unused_event __attribute__((unused));

/* Cookies are new in Linux 5.15. */
const volatile _Bool cookies = 0;

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("uprobe")
int entry(struct pt_regs *ctx)
{
	struct event e = { .what = "call" };

	e.pid = bpf_get_current_pid_tgid() >> 32;
	e.value = PT_REGS_PARM1(ctx);
	e.cookie = cookies ? bpf_get_attach_cookie(ctx) : 0;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}

SEC("uretprobe")
int leave(struct pt_regs *ctx)
{
	struct event e = { .what = "return" };

	e.pid = bpf_get_current_pid_tgid() >> 32;
	e.value = PT_REGS_RC(ctx);
	e.cookie = cookies ? bpf_get_attach_cookie(ctx) : 0;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
