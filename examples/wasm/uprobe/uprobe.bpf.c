// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "uprobe.h"

/// @brief Show calls of two functions of a program, and their results
char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

static int called(bool sub, int a, int b)
{
	struct event e = { .sub = sub, .a = a, .b = b };

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}

static int returned(bool sub, int result)
{
	struct event e = { .sub = sub, .exit = true, .result = result };

	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}

/* The path is relative to where the guest's host was started. */
SEC("uprobe/./target:uprobe_add")
int BPF_KPROBE(on_add, int a, int b)
{
	return called(false, a, b);
}

SEC("uretprobe/./target:uprobe_add")
int BPF_KRETPROBE(after_add, int result)
{
	return returned(false, result);
}

SEC("uprobe/./target:uprobe_sub")
int BPF_KPROBE(on_sub, int a, int b)
{
	return called(true, a, b);
}

SEC("uretprobe/./target:uprobe_sub")
int BPF_KRETPROBE(after_sub, int result)
{
	return returned(true, result);
}
