/* SPDX-License-Identifier: MIT */
#include "local.h"

/* What tracing tools read, of types that kernels have. */

struct inode {
	unsigned long i_ino;
} __k;
struct file {
	struct inode *f_inode;
} __k;
struct mm_struct {
	struct file *exe_file;
} __k;
struct ns_common {
	unsigned int inum;
} __k;
struct pid_namespace {
	struct ns_common ns;
} __k;
struct nsproxy {
	struct pid_namespace *pid_ns_for_children;
} __k;
struct upid {
	int nr;
} __k;
struct pid {
	struct upid numbers[1];
} __k;
struct rlimit {
	unsigned long rlim_cur;
} __k;
struct signal_struct {
	struct rlimit rlim[16];
} __k;
typedef struct {
	unsigned int val;
} __k kuid_t;
struct cred {
	kuid_t uid;
} __k;
struct sched_entity {
	u64 sum_exec_runtime;
} __k;

struct task_struct {
	int tgid;
	unsigned int __state;
	unsigned int sched_reset_on_fork:1;
	char comm[16];
	struct task_struct *real_parent;
	struct mm_struct *mm;
	struct nsproxy *nsproxy;
	struct pid *thread_pid;
	struct signal_struct *signal;
	const struct cred *cred;
	struct sched_entity se;
} __k;

struct task_struct___older {
	long state;
} __k;

PROG(process, struct task_struct, t)
{
	struct task_struct___older *old = (void *)t;
	char comm[16];

	out = BPF_CORE_READ(t, real_parent, tgid);
	out = BPF_CORE_READ(t, mm, exe_file, f_inode, i_ino);
	out = BPF_CORE_READ(t, nsproxy, pid_ns_for_children, ns.inum);
	out = BPF_CORE_READ(t, thread_pid, numbers[0].nr);
	out = BPF_CORE_READ(t, signal, rlim[7].rlim_cur);
	out = BPF_CORE_READ(t, cred, uid.val);
	out = BPF_CORE_READ(t, se.sum_exec_runtime);
	out = BPF_CORE_READ_BITFIELD_PROBED(t, sched_reset_on_fork);
	BPF_CORE_READ_STR_INTO(&comm, t, comm);
	if (bpf_core_field_exists(old->state))
		return BPF_CORE_READ(old, state);
	return BPF_CORE_READ(t, __state);
}

struct in6_addr {
	union {
		u32 u6_addr32[4];
	} in6_u;
} __k;

struct sock_common {
	union {
		struct {
			u16 skc_dport;
			u16 skc_num;
		};
	};
	struct in6_addr skc_v6_daddr;
} __k;

struct net_device {
	int ifindex;
} __k;

struct sock {
	struct sock_common __sk_common;
	unsigned char sk_protocol;
	struct socket *sk_socket;
} __k;

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
} __k;

struct inet_connection_sock {
	u8 icsk_retransmits;
} __k;

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	u32 srtt_us;
} __k;

enum sock_flags { SOCK_DEAD, SOCK_NEVER_HEARD_OF };

PROG(network, struct sk_buff, skb)
{
	struct sock *sk = BPF_CORE_READ(skb, sk);
	struct tcp_sock *tp = (void *)sk;

	out = BPF_CORE_READ(skb, dev, ifindex);
	out = BPF_CORE_READ(sk, __sk_common.skc_num);
	out = BPF_CORE_READ(sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[3]);
	out = BPF_CORE_READ(tp, srtt_us);
	out = BPF_CORE_READ(tp, inet_conn.icsk_retransmits);
	out = bpf_core_enum_value(enum sock_flags, SOCK_DEAD);
	out = bpf_core_enum_value_exists(enum sock_flags, SOCK_NEVER_HEARD_OF);
	out = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_protocol);
	return bpf_core_field_size(struct sock, sk_socket);
}

struct bvec_iter {
	u64 bi_sector;
	unsigned int bi_size;
} __k;

struct bio {
	struct bvec_iter bi_iter;
} __k;
struct gendisk {
	int major;
} __k;
struct request_queue {
	struct gendisk *disk;
} __k;

struct request {
	struct request_queue *q;
	struct bio *bio;
	struct gendisk *rq_disk;
} __k;

struct bvec_iter___match {
	unsigned int bi_size;
	unsigned int bi_idx;
};

enum req_op { REQ_OP_WRITE };
enum req_opf { REQ_OP_WRITE___f };

PROG(storage, struct request, rq)
{
	if (bpf_core_field_exists(rq->rq_disk))
		out = BPF_CORE_READ(rq, rq_disk, major);
	else
		out = BPF_CORE_READ(rq, q, disk, major);
	out = BPF_CORE_READ(rq, bio, bi_iter.bi_size);
	out = bpf_core_type_exists(struct request_queue);
	out = bpf_core_type_size(struct bio);
	out = bpf_core_type_matches(struct bvec_iter);
	out = bpf_core_type_matches(struct bvec_iter___match);
	out = bpf_core_enum_value_exists(enum req_opf, REQ_OP_WRITE___f);
	return bpf_core_enum_value_exists(enum req_op, REQ_OP_WRITE);
}
