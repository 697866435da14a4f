/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Twenty programs, each at a tracepoint of its own. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define PROGRAM(call)                       \
	SEC("tp/syscalls/sys_enter_" #call) \
	int on_##call(void *ctx)            \
	{                                   \
		return 0;                   \
	}

PROGRAM(acct)
PROGRAM(chroot)
PROGRAM(capset)
PROGRAM(fanotify_init)
PROGRAM(fsopen)
PROGRAM(fspick)
PROGRAM(kcmp)
PROGRAM(keyctl)
PROGRAM(mlockall)
PROGRAM(munlockall)
PROGRAM(pivot_root)
PROGRAM(quotactl)
PROGRAM(reboot)
PROGRAM(request_key)
PROGRAM(setdomainname)
PROGRAM(sethostname)
PROGRAM(swapoff)
PROGRAM(swapon)
PROGRAM(syncfs)
PROGRAM(vhangup)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
