/* SPDX-License-Identifier: MIT */
#include "rt/qdisc.h"

#include <errno.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "base/util.h"

/* One part of the answer: 1 if it names a filter, 0 if more may come. */
static int look(const char *data, size_t len, bool *ret_end)
{
	const struct nlmsghdr *h = (const void *)data;

	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_type == RTM_NEWTFILTER)
			return 1;
		if (h->nlmsg_type == NLMSG_ERROR)
			return -EIO;
		*ret_end = *ret_end || h->nlmsg_type == NLMSG_DONE;
	}
	return 0;
}

/* 1 if there are filters below @parent, 0 if not. */
static int has_filters(int fd, int ifindex, uint32_t parent)
{
	struct {
		struct nlmsghdr h;
		struct tcmsg tc;
	} ask = {
		.h = { .nlmsg_len = sizeof(ask),
		       .nlmsg_type = RTM_GETTFILTER,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.tc = { .tcm_ifindex = ifindex, .tcm_parent = parent },
	};
	_Alignas(struct nlmsghdr) char answer[32768];
	bool end = false;
	ssize_t n;
	int r = 0;

	if (send(fd, &ask, sizeof(ask), 0) != sizeof(ask))
		return -errno;
	while (!end && !r) {
		n = recv(fd, answer, sizeof(answer), 0);
		if (n <= 0)
			return n ? -errno : -EIO;
		r = look(answer, n, &end);
	}
	return r;
}

bool eu_qdisc_empty(int ifindex)
{
	eu_auto_close int in = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
				      NETLINK_ROUTE);
	eu_auto_close int out = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
				       NETLINK_ROUTE);

	/* What is left of one answer must not be taken for the other's. */
	return in >= 0 && out >= 0 &&
	       !has_filters(in, ifindex,
			    TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)) &&
	       !has_filters(out, ifindex,
			    TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS));
}
