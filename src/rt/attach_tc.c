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
static int order_of(const struct eu_attach *a, uint32_t *ret_flags,
		    uint32_t *ret_id, struct eu_error *err)
{
	const char *before = eu_target_key(a->target, "before");
	const char *after = eu_target_key(a->target, "after");
	const char *where = before ?: after;
	int64_t id = 0;
	int r;

	*ret_flags = *ret_id = 0;
	if (!where)
		return 0;
	if (before && after)
		return eu_error_set(err, -EINVAL,
				    "target '%s': before or after, not both",
				    a->target->text);
	r = strcmp(where, "all") ?
		    eu_target_number(a->target, before ? "before" : "after", 1,
				     UINT32_MAX, 0, &id, err) :
		    0;
	if (r)
		return eu_error_append(err, r, ", nor 'all'");
	*ret_flags = before ? EU_BPF_F_BEFORE : EU_BPF_F_AFTER;
	*ret_id = (uint32_t)id;
	return 0;
}

/* A link of tcx or netkit. -EOPNOTSUPP where the kernel does not know @type. */
static int link_in_order(const struct eu_attach *a, int ifindex, int type,
			 struct eu_error *err)
{
	LIBBPF_OPTS(bpf_link_create_opts, o);
	uint32_t id;
	int fd, r;

	r = order_of(a, &o.flags, &id, err);
	if (r)
		return r;
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

/* The qdisc that we made goes when nobody else has come to use it. */
static void remove_qdisc(int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	if (eu_qdisc_empty(ifindex))
		bpf_tc_hook_destroy(&hook);
}

static void detach_filter(struct eu_link *l)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = l->tc.ifindex,
		    .attach_point = l->tc.point);
	LIBBPF_OPTS(bpf_tc_opts, o, .handle = l->tc.handle,
		    .priority = l->tc.priority);

	/* Somebody else's filter may have come to stand there. */
	if (bpf_tc_query(&hook, &o) || o.prog_id != l->tc.prog_id)
		return;
	o.prog_id = o.prog_fd = o.flags = 0;
	bpf_tc_detach(&hook, &o);
	if (l->tc.made)
		remove_qdisc(l->tc.ifindex);
}

static void detach_clsact(struct eu_link *l)
{
	struct eu_netns ns;

	if (eu_netns_enter(l->fd, &ns, NULL))
		return;
	detach_filter(l);
	eu_netns_leave(&ns);
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
	l->tc.prog_id = o.prog_id;
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
