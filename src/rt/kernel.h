/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_KERNEL_H
#define EU_RT_KERNEL_H

/* Constants of the kernel's interface that older headers lack. */

#include <fcntl.h>
#include <sys/syscall.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

enum {
	/* enum bpf_attach_type, since Linux 6.6 */
	EU_BPF_TCX_INGRESS = 46,
	EU_BPF_TCX_EGRESS = 47,
	/* since Linux 6.4 */
	EU_BPF_NETFILTER = 45,
	EU_BPF_TRACE_UPROBE_MULTI = 48,
	/* since Linux 6.7 */
	EU_BPF_NETKIT_PRIMARY = 54,
	EU_BPF_NETKIT_PEER = 55,
};

/* enum bpf_prog_type, since Linux 6.4 */
enum { EU_BPF_PROG_TYPE_NETFILTER = 32 };

/* enum bpf_map_type, since Linux 6.2; headers have both under other names */
enum { EU_BPF_MAP_TYPE_CGRP_STORAGE = 32 };

/* pidfd_open(2) of a thread that is not the first, since Linux 6.9 */
enum { EU_PIDFD_THREAD = O_EXCL };

/* A struct_ops map that is registered by a link, since Linux 6.4 */
enum { EU_BPF_F_LINK = 1 << 13 };

enum {
	/* Where among the programs of one place; since Linux 6.6 */
	EU_BPF_F_BEFORE = 1 << 3,
	EU_BPF_F_AFTER = 1 << 4,
	/* of netfilter, since Linux 6.6 */
	EU_BPF_F_NETFILTER_IP_DEFRAG = 1 << 0,
};

#endif
