/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Lines of bpf_printk(), which are shown where a program shows nothing else.
 * Those of other programs are seen too; what to look for tells them apart:
 *
 *	ecli run package.json --grep 'signal 9'
 */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

/// look at signals to this process
const volatile int target = 1;

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	if ((int)ctx->args[0] == target)
		bpf_printk("signal %d to %d", (int)ctx->args[1], target);
	return 0;
}

/// Prints a line for each signal to a process
char LICENSE[] SEC("license") = "Dual BSD/GPL";
