/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "event.h"

/* Attaches by a type id of the kernel's BTF, of which libbpf reads all. */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 << 10);
} rb SEC(".maps");

/* Names the type of rb's records. */
const struct event *unused_event __attribute__((unused));

SEC("tp_btf/sched_process_exec")
int on_exec(unsigned long long *ctx)
{
	struct event *e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);

	if (!e)
		return 0;
	__builtin_memset(e, 0, sizeof(*e));
	e->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
