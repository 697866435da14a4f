/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_KERNEL_H
#define EU_RT_KERNEL_H

/* Constants of the kernel's interface that older headers lack. */

enum {
	/* enum bpf_attach_type, since Linux 6.6 */
	EU_BPF_TCX_INGRESS = 46,
	EU_BPF_TCX_EGRESS = 47,
};

#endif
