/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/pkt_sched.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/attach.h"
#include "rt/kernel.h"
#include "rt/netns.h"
#include "rt/qdisc.h"

/* Programs on the packets of an interface: tc in both forms, netkit. */

static int cannot(const struct eu_attach *a, int r, struct eu_error *err)
{
	return eu_error_set(err, r, "cannot attach to '%s': %s%s",
			    a->target->text, strerror(-r),
			    r == -EBUSY || r == -EEXIST ?
				    " (another program is attached there)" :
				    "");
}

/*
 * Where among the programs of one place: "before=ID", "after=ID", or "all" for
 * the ID. Without either behind those that are there.
 */
static void order_of(const struct eu_attach *a, uint32_t *ret_flags,
		     uint32_t *ret_id)
{
	const char *where = "before";

	*ret_flags = EU_BPF_F_BEFORE;
	if (!eu_target_key(a->target, where)) {
		where = "after";
		*ret_flags = EU_BPF_F_AFTER;
	}
	if (!eu_target_key(a->target, where))
		*ret_flags = 0;
	/* 0 is all of them. */
	*ret_id = eu_target_integer(a->target, where, 0);
}

/* A link of tcx or netkit. -EOPNOTSUPP where the kernel does not know @type. */
static int link_in_order(const struct eu_attach *a, int ifindex, int type,
			 struct eu_error *err)
{
	LIBBPF_OPTS(bpf_link_create_opts, o);
	uint32_t id;
	int fd;

	order_of(a, &o.flags, &id);
	o.tcx.relative_id = id;
	fd = bpf_link_create(bpf_program__fd(a->bpf), ifindex, type, &o);
	if (fd == -ENOENT && id)
		return eu_error_set(
			err, fd, "target '%s': no program %u is attached there",
			a->target->text, id);
	/* What older kernels say to an unknown attach type. */
	if (fd == -EINVAL)
		fd = -EOPNOTSUPP;
	return fd < 0 ? cannot(a, fd, err) : fd;
}

/* On failure @left is what there is to take off: a qdisc that this made. */
static int make_filter(const struct eu_attach *a, struct bpf_tc_hook *hook,
		       struct bpf_tc_opts *o, struct eu_leftover *left,
		       struct eu_error *err)
{
	int r = bpf_tc_hook_create(hook);

	left->filter.makes_qdisc = !r;
	if (!r || r == -EEXIST)
		r = bpf_tc_attach(hook, o);
	if (!r)
		return 0;
	/* What is there and looks like ours is of an earlier call. */
	left->prog_id = 0;
	return cannot(a, r, err);
}

/* What there will be to take off, told to those who ask for it. */
static int announce(const struct eu_attach *a, const struct bpf_tc_hook *hook,
		    const struct bpf_tc_opts *o, struct eu_leftover *left,
		    struct eu_error *err)
{
	left->fd = eu_netns_current();
	if (left->fd < 0)
		return cannot(a, -errno, err);
	left->kind = EU_LEFTOVER_FILTER;
	left->prog_id = eu_leftover_mark(o->prog_fd);
	left->filter.ifindex = hook->ifindex;
	left->filter.point = hook->attach_point;
	left->filter.handle = o->handle;
	left->filter.priority = o->priority;
	left->filter.makes_qdisc = !eu_qdisc_exists(hook->ifindex);
	return eu_program_leaves(a->p, left, err);
}

/* Kernels before 6.6 have no tcx, and it has no priorities. */
static int attach_clsact(const struct eu_attach *a, int ifindex, int point,
			 struct eu_error *err)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, o, .prog_fd = bpf_program__fd(a->bpf));
	struct eu_leftover *left;
	struct eu_link *l;
	int r;

	r = eu_program_add_link(a->p, &l, err);
	if (r)
		return r;
	left = &l->left;
	o.handle = eu_target_integer(a->target, "handle", 0);
	o.priority = eu_target_integer(a->target, "priority", 0);
	r = announce(a, &hook, &o, left, err);
	if (r)
		left->kind = EU_LEFTOVER_NONE;
	else
		r = make_filter(a, &hook, &o, left, err);
	if (r) {
		eu_program_detach(a->p, a->p->n_links - 1);
		return r;
	}
	left->filter.handle = o.handle;
	left->filter.priority = o.priority;
	return 0;
}

static bool is_egress(const struct eu_attach *a)
{
	const char *colon = strchr(a->target->what, ':');

	if (colon)
		return !strcmp(colon, ":egress");
	return strstr(a->prog->section, "/egress") != NULL;
}

static int attach_tcx_or_clsact(const struct eu_attach *a, int ifindex,
				struct eu_error *err)
{
	bool egress = is_egress(a);
	int r;

	if (!eu_target_key(a->target, "priority") &&
	    !eu_target_key(a->target, "handle")) {
		r = link_in_order(a, ifindex,
				  egress ? EU_BPF_TCX_EGRESS : EU_BPF_TCX_INGRESS,
				  err);
		if (r >= 0)
			return eu_attach_keep_fd(a, r, err);
		if (r != -EOPNOTSUPP)
			return r;
		if (eu_target_key(a->target, "before") ||
		    eu_target_key(a->target, "after"))
			return r;
	}
	return attach_clsact(a, ifindex,
			     egress ? BPF_TC_EGRESS : BPF_TC_INGRESS, err);
}

int eu_attach_tc(const struct eu_attach *a, struct eu_error *err)
{
	return eu_attach_at_interface(a, attach_tcx_or_clsact, err);
}

static int attach_netkit(const struct eu_attach *a, int ifindex,
			 struct eu_error *err)
{
	bool peer = strstr(a->prog->section, "/peer") != NULL;
	int r = link_in_order(a, ifindex,
			      peer ? EU_BPF_NETKIT_PEER : EU_BPF_NETKIT_PRIMARY,
			      err);

	if (r >= 0)
		return eu_attach_keep_fd(a, r, err);
	if (r == -EACCES)
		return eu_error_append(
			err, r,
			" (it is the peer: programs go to the other end)");
	return r;
}

int eu_attach_netkit(const struct eu_attach *a, struct eu_error *err)
{
	return eu_attach_at_interface(a, attach_netkit, err);
}
