// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "execve.h"

/// @brief Show programs that are started, with their arguments
char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum { MAX_WORDS = 20, WORD = 64 };

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} comm_event SEC(".maps");

SEC("tp/syscalls/sys_enter_execve")
int on_execve(struct trace_event_raw_sys_enter *ctx)
{
	const char *const *argv = (void *)ctx->args[1];
	unsigned long length = 0;
	const char *word;
	struct event *e;

	e = bpf_ringbuf_reserve(&comm_event, sizeof(*e), 0);
	if (!e)
		return 0;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(e->parent, sizeof(e->parent));
	/* The verifier wants to see that a whole word has room. */
	for (int i = 0; i < MAX_WORDS && length < sizeof(e->words) - WORD; i++) {
		long n = bpf_probe_read_user(&word, sizeof(word), &argv[i]);

		if (n || !word)
			break;
		n = bpf_probe_read_user_str(e->words + length, WORD, word);
		if (n <= 0)
			break;
		length += n;
	}
	e->length = length;
	bpf_ringbuf_submit(e, 0);
	return 0;
}
