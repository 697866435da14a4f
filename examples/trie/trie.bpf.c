/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Which networks are connected to: a trie, whose keys are shown as 192.0.2.0/24. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

#define AF_INET 2

struct network {
	__u32 prefixlen;
	__u8 address[4];
};

/// @sample {"interval": 1000}
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct network);
	/*
	 * Of 32 bits, as a value stands right behind the four bytes of its
	 * address, and atomic additions are for aligned numbers: with 64 bits
	 * a kernel of arm64 ran no program any more.
	 */
	__type(value, __u32);
} networks SEC(".maps");

/// only of this process; 0: of all
const volatile int pid = 0;

SEC("tp/syscalls/sys_enter_connect")
int on_connect(struct trace_event_raw_sys_enter *ctx)
{
	struct network key = { .prefixlen = 32 };
	struct sockaddr_in to = {};
	__u32 one = 1, *n;

	if (pid && pid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	bpf_probe_read_user(&to, sizeof(to), (void *)ctx->args[1]);
	if (to.sin_family != AF_INET)
		return 0;
	__builtin_memcpy(key.address, &to.sin_addr, sizeof(key.address));
	/* Finds the network of the longest prefix that the address is in. */
	n = bpf_map_lookup_elem(&networks, &key);
	if (n) {
		__sync_fetch_and_add(n, 1);
		return 0;
	}
	key.prefixlen = 24;
	key.address[3] = 0;
	bpf_map_update_elem(&networks, &key, &one, BPF_ANY);
	return 0;
}

/// Counts the networks that processes connect to
char LICENSE[] SEC("license") = "Dual BSD/GPL";
