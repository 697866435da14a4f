/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef FIRE_H
#define FIRE_H

/*
 * What scenarios set these programs off with: kill(MAGIC, 0), where MAGIC is a
 * number above every process id. Each scenario chooses its own and gives it as
 * the flag --magic, so that runs side by side do not see each other.
 */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
typedef _Bool bool;
enum { false, true };

/* The arguments of a syscall tracepoint as the kernel lays them out. */
struct enter {
	u64 unused;
#ifdef __TARGET_ARCH_arm
	s32 id;
	u32 args[6];
#else
	s64 id;
	u64 args[6];
#endif
};

const volatile int magic = 1 << 30;

static inline bool fired(const struct enter *ctx)
{
	return (int)ctx->args[0] == magic;
}

#define FIRE SEC("tp/syscalls/sys_enter_kill")

#define RINGBUF(name, bytes)                        \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_RINGBUF); \
		__uint(max_entries, bytes);         \
	} name SEC(".maps")

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#endif
