// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "sockops.h"

/// @brief Tell whom a connection comes from, by an option of TCP
/// @details Each packet of a connection that a process of the control group makes says who it is. Who accepts one in the group reads that.
char LICENSE[] SEC("license") = "GPL";

/* Kind 254 is for experiments, which a number tells from each other. */
struct option {
	u8 kind, length;
	u16 magic;
	u32 pid;
} __attribute__((packed));

enum { KIND = 254, MAGIC = 0xe0b5 };

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

/* Who is in connect(), for as long as it takes to get to the socket. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} write_pid_array SEC(".maps");

/* Whose a socket is, by the kernel's number for it. The oldest go when it is
 * full: nobody says here when a socket is closed. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 10240);
	__type(key, u64);
	__type(value, u32);
} owners SEC(".maps");

SEC("tp/syscalls/sys_enter_connect")
int tp_write(struct trace_event_raw_sys_enter *ctx)
{
	u32 key = 0, pid = bpf_get_current_pid_tgid() >> 32;

	bpf_map_update_elem(&write_pid_array, &key, &pid, BPF_ANY);
	return 0;
}

static void connect(struct bpf_sock_ops *ops)
{
	u32 key = 0, *pid = bpf_map_lookup_elem(&write_pid_array, &key);
	u64 socket = bpf_get_socket_cookie(ops);

	if (!pid)
		return;
	bpf_map_update_elem(&owners, &socket, pid, BPF_ANY);
	/* The kernel then asks how long the options are, and for them. */
	bpf_sock_ops_cb_flags_set(ops,
				  ops->bpf_sock_ops_cb_flags |
					  BPF_SOCK_OPS_WRITE_HDR_OPT_CB_FLAG);
}

static void write(struct bpf_sock_ops *ops)
{
	struct option o = { KIND, sizeof(o), bpf_htons(MAGIC) };
	u64 socket = bpf_get_socket_cookie(ops);
	u32 *pid = bpf_map_lookup_elem(&owners, &socket);

	if (!pid)
		return;
	o.pid = bpf_htonl(*pid);
	bpf_store_hdr_opt(ops, &o, sizeof(o), 0);
}

static void accept(struct bpf_sock_ops *ops)
{
	struct option o = { KIND, 4, bpf_htons(MAGIC) };
	struct event e = { .port = ops->local_port };

	if (bpf_load_hdr_opt(ops, &o, sizeof(o), 0) < 0)
		return;
	e.pid = bpf_ntohl(o.pid);
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
}

SEC("sockops")
int pid_tcp_opt_inject(struct bpf_sock_ops *ops)
{
	switch (ops->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB: connect(ops); break;
	case BPF_SOCK_OPS_HDR_OPT_LEN_CB:
		bpf_reserve_hdr_opt(ops, sizeof(struct option), 0);
		break;
	case BPF_SOCK_OPS_WRITE_HDR_OPT_CB: write(ops); break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB: accept(ops); break;
	}
	return 1;
}
