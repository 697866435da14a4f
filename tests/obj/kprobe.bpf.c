/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* unlink(2) seen through every kind of probe on the kernel's functions. */
#include <linux/bpf.h>
#ifdef __TARGET_ARCH_x86
/* The registers by the names that they have in the kernel. */
#define __VMLINUX_H__
struct pt_regs {
	unsigned long di, si, dx, cx, r10, r8, r9, ax, sp, ip, bp, orig_ax;
} __attribute__((preserve_access_index));
#else
#include <linux/ptrace.h>
#endif
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

struct filename {
	const char *name;
} __attribute__((preserve_access_index));

struct event {
	int pid;
	long value;
	char how[12];
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

#define HOW(text) static const char text[12] = #text
HOW(kprobe);
HOW(kretprobe);
HOW(ksyscall);

static struct event *new_event(const char *how)
{
	int pid = bpf_get_current_pid_tgid() >> 32;
	struct event *e;

	if (only && pid != only)
		return NULL;
	e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);
	if (!e)
		return NULL;
	__builtin_memset(e, 0, sizeof(*e));
	e->pid = pid;
	__builtin_memcpy(e->how, how, 12);
	return e;
}

SEC("kprobe/do_unlinkat")
int BPF_KPROBE(on_entry, int dfd, struct filename *name)
{
	struct event *e = new_event(kprobe);

	if (!e)
		return 0;
	e->value = dfd;
	bpf_probe_read_kernel_str(e->name, sizeof(e->name),
				  BPF_CORE_READ(name, name));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("kretprobe/do_unlinkat")
int BPF_KRETPROBE(on_return, int ret)
{
	struct event *e = new_event(kretprobe);

	if (!e)
		return 0;
	e->value = ret;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("ksyscall/unlinkat")
int BPF_KSYSCALL(on_syscall, int dfd, const char *name)
{
	struct event *e = new_event(ksyscall);

	if (!e)
		return 0;
	e->value = dfd;
	bpf_probe_read_user_str(e->name, sizeof(e->name), name);
	bpf_ringbuf_submit(e, 0);
	return 0;
}
