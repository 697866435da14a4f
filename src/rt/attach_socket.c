/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <string.h>
#include <sys/socket.h>

#include <bpf/bpf.h>

#include "rt/attach.h"
#include "rt/kernel.h"
#include "rt/netns.h"

/* Programs on sockets, on a network namespace and on netfilter's hooks. */

int eu_attach_socket_filter(const struct eu_attach *a, struct eu_error *err)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	int prog = bpf_program__fd(a->bpf), ifindex = 0;
	eu_auto_close int fd = -1;

	if (a->target && strcmp(a->target->what, "any")) {
		ifindex = eu_attach_interface(a->target->what, err);
		if (ifindex < 0)
			return ifindex;
	}
	/* Without a protocol nothing arrives before the filter is there. */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	where.sll_ifindex = ifindex;
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog)) ||
	    bind(fd, (struct sockaddr *)&where, sizeof(where)))
		return eu_error_set(err, -errno, "cannot open packet socket: %s",
				    strerror(errno));
	return eu_attach_keep_fd(a, eu_take_fd(fd), err);
}

/* "map:NAME" of the package. The program goes when the map does: with us. */
int eu_attach_sockmap(const struct eu_attach *a, struct eu_error *err)
{
	const char *name = a->target->what + strlen("map:");
	int map = bpf_object__find_map_fd_by_name(a->p->obj, name);

	if (map < 0)
		return eu_attach_no_map(a, name, err);
	if (bpf_prog_attach(bpf_program__fd(a->bpf), map,
			    bpf_program__expected_attach_type(a->bpf), 0))
		return eu_error_set(err, -errno, "cannot attach to '%s': %s",
				    a->target->text, strerror(errno));
	return 0;
}

int eu_attach_netns(const struct eu_attach *a, struct eu_error *err)
{
	eu_auto_close int fd = eu_netns_open(a->target->what, err);

	if (fd < 0)
		return fd;
	return eu_attach_keep(a, bpf_program__attach_netns(a->bpf, fd), err);
}

static int hook_of(const struct eu_target *t, struct bpf_netfilter_opts *o,
		   struct eu_error *err)
{
	static const char *const hooks[] = {
		[NF_INET_PRE_ROUTING] = "prerouting",
		[NF_INET_LOCAL_IN] = "input",
		[NF_INET_FORWARD] = "forward",
		[NF_INET_LOCAL_OUT] = "output",
		[NF_INET_POST_ROUTING] = "postrouting",
	};
	const char *name = t->what + strlen("ipv4:");

	o->pf = t->what[3] == '4' ? NFPROTO_IPV4 : NFPROTO_IPV6;
	for (size_t i = 0; i < EU_COUNT(hooks); i++)
		if (!strcmp(name, hooks[i])) {
			o->hooknum = i;
			return 0;
		}
	eu_error_set(err, -EINVAL,
		     "target '%s': no hook '%s'; there are:", t->text, name);
	for (size_t i = 0; i < EU_COUNT(hooks); i++)
		eu_error_append(err, -EINVAL, "%s %s", i ? "," : "", hooks[i]);
	return -EINVAL;
}

int eu_attach_netfilter(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_netfilter_opts, o);
	const char *path = eu_target_key(a->target, "netns");
	eu_auto_close int fd = -1;
	struct bpf_link *link;
	struct eu_netns ns;
	int r;

	r = hook_of(a->target, &o, err);
	if (!r && path)
		r = fd = eu_netns_open(path, err);
	if (r < 0)
		return r;
	o.priority = eu_target_integer(a->target, "priority", 0);
	o.flags = eu_target_integer(a->target, "defrag", 0) ?
			  EU_BPF_F_NETFILTER_IP_DEFRAG :
			  0;
	r = eu_netns_enter(fd, &ns, err);
	if (r)
		return r;
	link = bpf_program__attach_netfilter(a->bpf, &o);
	r = errno;
	eu_netns_leave(&ns);
	if (!link && r == EBUSY)
		return eu_error_set(
			err, -r,
			"target '%s': priority %d is another program's; choose one with priority=N",
			a->target->text, o.priority);
	errno = r;
	return eu_attach_keep(a, link, err);
}
