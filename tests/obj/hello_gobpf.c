/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* In the style of gobpf's ELF loader: a kprobe, the version "any", no -g. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#undef bpf_printk
#define bpf_printk(fmt, ...)                                   \
	({                                                     \
		char s[] = fmt;                                \
		bpf_trace_printk(s, sizeof(s), ##__VA_ARGS__); \
	})

SEC("kprobe/do_sys_openat2")
int kprobe__do_sys_openat2(struct pt_regs *ctx)
{
	char name[64];

	bpf_probe_read_user_str(name, sizeof(name),
				(const char *)PT_REGS_PARM2(ctx));
	bpf_printk("gobpf file name %s\n", name);
	return 0;
}

char _license[] SEC("license") = "GPL";
/* Tells gobpf to put in the version of the kernel that runs. */
__u32 _version SEC("version") = 0xFFFFFFFE;
