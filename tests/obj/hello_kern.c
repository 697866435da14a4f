/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* In the style of the kernel's samples/bpf: own SEC macro, own helpers, no -g. */
#include <linux/bpf.h>
#include <linux/version.h>

#define SEC(NAME) __attribute__((section(NAME), used))

static int (*bpf_trace_printk)(const char *fmt, int size, ...) = (void *)6;
static unsigned long long (*bpf_get_current_pid_tgid)(void) = (void *)14;

SEC("tracepoint/syscalls/sys_enter_execve")
int hello(void *ctx)
{
	char msg[] = "kern hello from %d\n";

	bpf_trace_printk(msg, sizeof(msg),
			 (int)(bpf_get_current_pid_tgid() >> 32));
	return 0;
}

char _license[] SEC("license") = "GPL";
__u32 _version SEC("version") = LINUX_VERSION_CODE;
