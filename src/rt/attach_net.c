/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/pkt_sched.h>
#include <string.h>
#include <sys/socket.h>

#include <bpf/bpf.h>

#include "rt/attach.h"
#include "rt/kernel.h"
#include "rt/qdisc.h"

/* Programs on packets: XDP, tc in both forms, socket filters. */

static int xdp_flags(const struct eu_target *t, uint32_t *ret,
		     struct eu_error *err)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} modes[] = {
		{ "native", XDP_FLAGS_DRV_MODE },
		{ "skb", XDP_FLAGS_SKB_MODE },
		{ "hw", XDP_FLAGS_HW_MODE },
	};
	const char *mode = eu_target_key(t, "mode");

	*ret = 0;
	if (!mode)
		return 0;
	for (size_t i = 0; i < EU_COUNT(modes); i++)
		if (!strcmp(mode, modes[i].name)) {
			*ret = modes[i].flag;
			return 0;
		}
	return eu_error_set(err, -EINVAL,
			    "target '%s': mode is native, skb or hw", t->text);
}

static int make_link(const struct eu_attach *a, int ifindex, int type,
		     uint32_t flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, o, .flags = flags);

	return bpf_link_create(bpf_program__fd(a->bpf), ifindex, type, &o);
}

/* A link that is only a descriptor; the kernel detaches when it is closed. */
static int keep_fd(const struct eu_attach *a, int fd, struct eu_error *err)
{
	struct eu_link *l = eu_program_add_link(a->p);

	if (!l) {
		eu_close(fd);
		return eu_error_oom(err);
	}
	l->fd = fd;
	return 0;
}

static int cannot(const struct eu_attach *a, int r, struct eu_error *err)
{
	const char *hint = "";

	if (r == -EBUSY || r == -EEXIST)
		hint = " (another program is attached there)";
	else if (r == -EOPNOTSUPP)
		hint = " (the driver cannot; try mode=skb)";
	return eu_error_set(err, r, "cannot attach to '%s': %s%s",
			    a->target->text, strerror(-r), hint);
}

int eu_attach_xdp(const struct eu_attach *a, struct eu_error *err)
{
	int ifindex = eu_attach_interface(a->target->what, err);
	uint32_t flags;
	int r;

	if (ifindex < 0)
		return ifindex;
	r = xdp_flags(a->target, &flags, err);
	if (r)
		return r;
	r = make_link(a, ifindex, BPF_XDP, flags);
	if (r < 0)
		return cannot(a, r, err);
	return keep_fd(a, r, err);
}

/* The qdisc that we made goes when nobody else has come to use it. */
static void remove_qdisc(int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	if (eu_qdisc_empty(ifindex))
		bpf_tc_hook_destroy(&hook);
}

static void detach_clsact(struct eu_link *l)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = l->tc.ifindex,
		    .attach_point = l->tc.point);
	LIBBPF_OPTS(bpf_tc_opts, o, .handle = l->tc.handle,
		    .priority = l->tc.priority);

	bpf_tc_detach(&hook, &o);
	if (l->tc.made)
		remove_qdisc(l->tc.ifindex);
}

/* Kernels before 6.6 have no tcx, and it has no priorities. */
static int attach_clsact(const struct eu_attach *a, int ifindex, int point,
			 struct eu_error *err)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, o, .prog_fd = bpf_program__fd(a->bpf));
	int64_t handle, priority;
	struct eu_link *l;
	bool made;
	int r;

	r = eu_target_number(a->target, "priority", 1, 65535, 0, &priority, err);
	if (!r)
		r = eu_target_number(a->target, "handle", 1, UINT32_MAX, 0,
				     &handle, err);
	if (r)
		return r;
	o.priority = priority;
	o.handle = handle;
	r = bpf_tc_hook_create(&hook);
	made = !r;
	if (r && r != -EEXIST)
		return cannot(a, r, err);
	r = bpf_tc_attach(&hook, &o);
	l = r ? NULL : eu_program_add_link(a->p);
	if (!r && !l) {
		o.flags = o.prog_fd = o.prog_id = 0;
		bpf_tc_detach(&hook, &o);
	}
	if (!l && made)
		remove_qdisc(ifindex);
	if (!l)
		return r ? cannot(a, r, err) : eu_error_oom(err);
	l->detach = detach_clsact;
	l->tc.ifindex = ifindex;
	l->tc.point = point;
	l->tc.made = made;
	l->tc.handle = o.handle;
	l->tc.priority = o.priority;
	return 0;
}

static bool is_egress(const struct eu_attach *a)
{
	const char *colon = strchr(a->target->what, ':');

	if (colon)
		return !strcmp(colon, ":egress");
	return strstr(a->prog->section, "/egress") != NULL;
}

int eu_attach_tc(const struct eu_attach *a, struct eu_error *err)
{
	bool egress = is_egress(a);
	eu_auto_free char *name = NULL;
	int ifindex, r;

	name = strndup(a->target->what, strcspn(a->target->what, ":"));
	if (!name)
		return eu_error_oom(err);
	ifindex = eu_attach_interface(name, err);
	if (ifindex < 0)
		return ifindex;
	if (!eu_target_key(a->target, "priority") &&
	    !eu_target_key(a->target, "handle")) {
		r = make_link(a, ifindex,
			      egress ? EU_BPF_TCX_EGRESS : EU_BPF_TCX_INGRESS, 0);
		if (r >= 0)
			return keep_fd(a, r, err);
		/* What a kernel before 6.6 says to an unknown attach type. */
		if (r != -EINVAL)
			return cannot(a, r, err);
	}
	return attach_clsact(a, ifindex,
			     egress ? BPF_TC_EGRESS : BPF_TC_INGRESS, err);
}

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
	return keep_fd(a, eu_take_fd(fd), err);
}

/* "map:NAME" of the package. The program goes when the map does: with us. */
int eu_attach_sockmap(const struct eu_attach *a, struct eu_error *err)
{
	const char *name = a->target->what + strlen("map:");
	int map = bpf_object__find_map_fd_by_name(a->p->obj, name);

	if (map < 0)
		return eu_error_set(err, -ENOENT, "target '%s': no map '%s'",
				    a->target->text, name);
	if (bpf_prog_attach(bpf_program__fd(a->bpf), map,
			    bpf_program__expected_attach_type(a->bpf), 0))
		return cannot(a, -errno, err);
	return 0;
}

int eu_attach_netns(const struct eu_attach *a, struct eu_error *err)
{
	eu_auto_close int fd = open(a->target->what, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return eu_error_set(err, -errno, "cannot open '%s': %s",
				    a->target->what, strerror(errno));
	return eu_attach_keep(a, bpf_program__attach_netns(a->bpf, fd), err);
}
