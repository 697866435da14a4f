/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* In the style of libbpf-bootstrap: the user-space half only reads the trace. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tracepoint/syscalls/sys_enter_execve")
int bpf_prog(void *ctx)
{
	char fmt[] = "libbpf hello from %d\n";

	bpf_trace_printk(fmt, sizeof(fmt),
			 (int)(bpf_get_current_pid_tgid() >> 32));
	return 0;
}
