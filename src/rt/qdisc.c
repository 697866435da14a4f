/* SPDX-License-Identifier: MIT */
#include "rt/qdisc.h"

#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include <bpf/libbpf.h>

#include "base/util.h"

struct request {
	struct nlmsghdr h;
	struct tcmsg tc;
};

/* What to do with a message of the answer; not 0 ends. */
typedef int (*message_fn)(void *ctx, const struct nlmsghdr *h);

/* One part of the answer. */
static int look(const char *data, size_t len, message_fn fn, void *ctx,
		bool *ret_end)
{
	const struct nlmsghdr *h = (const void *)data;
	const struct nlmsgerr *e;
	int r = 0;

	for (; NLMSG_OK(h, len) && !r; h = NLMSG_NEXT(h, len)) {
		e = NLMSG_DATA(h);
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			*ret_end = true;
		else
			r = fn(ctx, h);
		if (h->nlmsg_type == NLMSG_ERROR)
			r = e->error;
	}
	return r;
}

/* Returns what @fn did, 0, or a negative errno. */
static int ask(struct request *what, message_fn fn, void *ctx)
{
	eu_auto_close int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
				      NETLINK_ROUTE);
	_Alignas(struct nlmsghdr) char answer[32768];
	bool end = false;
	ssize_t n;
	int r = 0;

	what->h.nlmsg_len = sizeof(*what);
	if (fd < 0 || send(fd, what, sizeof(*what), 0) != sizeof(*what))
		return -errno;
	while (!end && !r) {
		n = recv(fd, answer, sizeof(answer), 0);
		if (n <= 0)
			return n ? -errno : -EIO;
		r = look(answer, n, fn, ctx, &end);
	}
	return r;
}

/* All interfaces' are told. */
static int is_qdisc(void *ctx, const struct nlmsghdr *h)
{
	const struct tcmsg *tc = NLMSG_DATA(h);
	const int *ifindex = ctx;

	return h->nlmsg_type == RTM_NEWQDISC && tc->tcm_ifindex == *ifindex &&
	       tc->tcm_parent == TC_H_CLSACT;
}

bool eu_qdisc_exists(int ifindex)
{
	struct request what = {
		.h = { .nlmsg_type = RTM_GETQDISC,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.tc = { .tcm_ifindex = ifindex },
	};

	return ask(&what, is_qdisc, &ifindex) == 1;
}

/* The filters of one of its two places. */
static int foreach_filter(int ifindex, uint32_t place, message_fn fn, void *ctx)
{
	struct request what = {
		.h = { .nlmsg_type = RTM_GETTFILTER,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.tc = { .tcm_ifindex = ifindex,
			.tcm_parent = TC_H_MAKE(TC_H_CLSACT, place) },
	};

	return ask(&what, fn, ctx);
}

static int is_filter(void *ctx, const struct nlmsghdr *h)
{
	(void)ctx;
	return h->nlmsg_type == RTM_NEWTFILTER;
}

/* The attribute @type among those in the @len bytes from @at on; NULL. */
static const struct rtattr *attribute(const struct rtattr *at, int len,
				      unsigned short type)
{
	for (; RTA_OK(at, len); at = RTA_NEXT(at, len))
		if ((at->rta_type & NLA_TYPE_MASK) == type)
			return at;
	return NULL;
}

/* The id of the BPF program that is the filter; 0: it is none. */
static uint32_t prog_id_of(const struct nlmsghdr *h)
{
	const struct tcmsg *tc = NLMSG_DATA(h);
	int len = (int)h->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*tc));
	const struct rtattr *a = len < 0 ? NULL : TCA_RTA(tc);
	uint32_t id;

	a = a ? attribute(a, len, TCA_OPTIONS) : NULL;
	a = a ? attribute(RTA_DATA(a), RTA_PAYLOAD(a), TCA_BPF_ID) : NULL;
	if (!a || RTA_PAYLOAD(a) < sizeof(id))
		return 0;
	memcpy(&id, RTA_DATA(a), sizeof(id));
	return id;
}

/* Puts the numbers of the one that is asked for in their place. */
static int find(void *ctx, const struct nlmsghdr *h)
{
	const struct tcmsg *tc = NLMSG_DATA(h);
	struct eu_filter *f = ctx;
	uint32_t priority;

	if (h->nlmsg_type != RTM_NEWTFILTER || prog_id_of(h) != f->prog_id)
		return 0;
	priority = TC_H_MAJ(tc->tcm_info) >> 16;
	if ((f->handle && f->handle != tc->tcm_handle) ||
	    (f->priority && f->priority != priority))
		return 0;
	f->handle = tc->tcm_handle;
	f->priority = priority;
	return 1;
}

/* One of them; 1 if there was one. */
static int remove_one(const struct eu_filter *f)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = f->ifindex,
		    .attach_point = f->point);
	LIBBPF_OPTS(bpf_tc_opts, o);
	uint32_t place = f->point == BPF_TC_EGRESS ? TC_H_MIN_EGRESS :
						     TC_H_MIN_INGRESS;
	struct eu_filter one = *f;
	int r = foreach_filter(f->ifindex, place, find, &one);

	if (r <= 0)
		return r;
	o.handle = one.handle;
	o.priority = one.priority;
	return bpf_tc_detach(&hook, &o) ?: 1;
}

void eu_qdisc_remove(const struct eu_filter *f)
{
	int r;

	if (!f->prog_id)
		return;
	do
		r = remove_one(f);
	while (r > 0);
}

void eu_qdisc_destroy(int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	if (!foreach_filter(ifindex, TC_H_MIN_INGRESS, is_filter, NULL) &&
	    !foreach_filter(ifindex, TC_H_MIN_EGRESS, is_filter, NULL))
		bpf_tc_hook_destroy(&hook);
}
