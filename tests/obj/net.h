/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef NET_H
#define NET_H

/* What programs on packets of the scenarios have in common. */

#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct event {
	unsigned int ifindex;
	unsigned int length;
	char where[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct event *unused_event __attribute__((unused));

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define SHOW(index, bytes, text)                           \
	do {                                               \
		struct event e = { .ifindex = (index),     \
				   .length = (bytes),      \
				   .where = text };        \
		bpf_ringbuf_output(&rb, &e, sizeof(e), 0); \
	} while (0)

#endif
