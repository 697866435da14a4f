// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Programs of many kinds that do nothing and use nothing, so that a kernel lacks
 * no more than the kind.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PROGRAM(section, name, returns)  \
	SEC(section) int name(void *ctx) \
	{                                \
		return returns;          \
	}

PROGRAM("xdp", on_xdp, XDP_PASS)
PROGRAM("xdp.frags", on_frags, XDP_PASS)
PROGRAM("tcx/ingress", on_tcx, -1)
PROGRAM("netkit/primary", on_netkit, -1)
PROGRAM("netfilter", on_netfilter, 1)
PROGRAM("flow_dissector", on_flow, 0)
PROGRAM("sk_lookup", on_lookup, SK_PASS)
PROGRAM("sk_reuseport/migrate", on_migrate, SK_PASS)
PROGRAM("sk_skb/verdict", on_verdict, SK_PASS)
PROGRAM("cgroup_skb/egress", on_skb, 1)
PROGRAM("cgroup/getpeername4", on_peer, 1)
PROGRAM("cgroup/setsockopt", on_option, 1)
PROGRAM("lsm_cgroup/socket_create", on_lsm_cgroup, 1)
PROGRAM("lsm/path_rmdir", on_lsm, 0)
PROGRAM("fentry/vfs_rmdir", on_fentry, 0)
PROGRAM("fmod_ret/security_path_rmdir", on_fmod_ret, 0)
PROGRAM("tp_btf/sched_switch", on_tp_btf, 0)
PROGRAM("iter/task", on_iter, 0)
PROGRAM("syscall", on_syscall, 0)
PROGRAM("kprobe/vfs_rmdir", on_kprobe, 0)
PROGRAM("uprobe", on_uprobe, 0)
PROGRAM("tp/syscalls/sys_enter_kill", on_tp, 0)
PROGRAM("raw_tp/sys_enter", on_raw_tp, 0)

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, unsigned int);
} sockets SEC(".maps");
