/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What a control group sends, kept with the group itself: no key to look up.
 *
 *	ecli run package.json -t /sys/fs/cgroup/NAME
 */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

struct traffic {
	__u64 packets;
	__u64 bytes;
};

/// @sample {"interval": 1000}
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__type(key, struct bpf_cgroup_storage_key);
	__type(value, struct traffic);
} sent SEC(".maps");

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *skb)
{
	struct traffic *t = bpf_get_local_storage(&sent, 0);

	__sync_fetch_and_add(&t->packets, 1);
	__sync_fetch_and_add(&t->bytes, skb->len);
	return 1;
}

/// Counts what a control group sends
char LICENSE[] SEC("license") = "Dual BSD/GPL";
