/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef EUNOMIA_FORMAT_BPF_H
#define EUNOMIA_FORMAT_BPF_H

/*
 * For kernel code: types that say what a number or some bytes mean, and so how
 * they are shown, filtered and set (docs/output.md). To be included behind
 * <vmlinux.h> or <linux/types.h>.
 */

typedef __u32 eu_ipv4; /* in network order */
typedef __u8 eu_ipv6[16];
typedef __u8 eu_mac[6];
typedef __u16 eu_port; /* in network order */

typedef __u64 eu_duration; /* nanoseconds */
typedef __u64 eu_duration_us;
typedef __u64 eu_duration_ms;
typedef __u64 eu_duration_s;
typedef __u64 eu_timestamp; /* of bpf_ktime_get_ns() */
typedef __u64 eu_wallclock; /* nanoseconds since 1970 */
typedef __u64 eu_size;	    /* bytes */

typedef __s32 eu_errno; /* of either sign */
typedef __u32 eu_signal;
typedef __u32 eu_syscall;
typedef __u32 eu_uid;
typedef __u32 eu_gid;
typedef __u32 eu_device; /* dev_t of the kernel */
typedef __u16 eu_mode;	 /* umode_t of a file */
typedef __u64 eu_cgroup; /* of bpf_get_current_cgroup_id() */
typedef __u32 eu_netns;	 /* inode */
typedef __u64 eu_hex;

#endif
