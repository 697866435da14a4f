/* SPDX-License-Identifier: MIT */
#ifndef LOCAL_H
#define LOCAL_H

/*
 * What each object starts with. Types of the kernel are defined by each object
 * for itself, with __k, in the way that it wants to be surprised.
 */

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define __k __attribute__((preserve_access_index))

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

char LICENSE[] SEC("license") = "GPL";

/* Results go here, so that none is optimised away. */
volatile u64 out;

/* A program whose context is taken for a pointer to @type. */
#define PROG(name, type, p)                                \
	static __always_inline int name##_(type *p);       \
	SEC("raw_tp") int name(void *ctx)                  \
	{                                                  \
		return name##_((type *)(long)*(u64 *)ctx); \
	}                                                  \
	static __always_inline int name##_(type *p)

#endif
