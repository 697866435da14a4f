/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * A program that takes orders while it runs: lines of standard input become
 * records of a user ring buffer, which the program empties when it runs next.
 *
 *	printf '%s\n' '{"signal": 9, "tell": true}' |
 *		ecli run package.json --input commands
 */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

#include "user_ringbuf.h"

/// @type command
struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 64 * 1024);
} commands SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/* Holds the type in the object, which no code names. */
const struct command *unused_command __attribute__((unused));

bool told[65];

static long obey(struct bpf_dynptr *record, void *ctx)
{
	struct command c;

	if (!bpf_dynptr_read(&c, sizeof(c), record, 0, 0) && c.signal < 65)
		told[c.signal] = c.tell;
	return 0; /* go on with the next record */
}

SEC("tp/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
	unsigned int signal = ctx->args[1];
	struct event *e;

	bpf_user_ringbuf_drain(&commands, obey, NULL, 0);
	if (signal > 64 || !told[signal])
		return 0;
	e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);
	if (!e)
		return 0;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->target = ctx->args[0];
	e->signal = signal;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/// Tells of the signals that standard input names
char LICENSE[] SEC("license") = "Dual BSD/GPL";
