/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/if_link.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/attach.h"

/* XDP programs: in the driver where that can be, else in front of the stack. */

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

static int make_link(const struct eu_attach *a, int ifindex, uint32_t flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, o, .flags = flags);

	return bpf_link_create(bpf_program__fd(a->bpf), ifindex, BPF_XDP, &o);
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

/* Could it be that the driver refuses what the stack would take? */
static bool may_fall_back(int r)
{
	return r != -EBUSY && r != -EEXIST && r != -EPERM && r != -ENODEV;
}

/* The kernel chooses by itself where the driver knows nothing of XDP. */
static bool is_generic(int ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, o);

	return !bpf_xdp_query(ifindex, 0, &o) &&
	       o.attach_mode == XDP_ATTACHED_SKB;
}

static int attach_xdp(const struct eu_attach *a, int ifindex, struct eu_error *err)
{
	uint32_t flags;
	int r, native;

	r = xdp_flags(a->target, &flags, err);
	if (r)
		return r;
	native = r = make_link(a, ifindex, flags);
	if (r < 0 && !flags && may_fall_back(r))
		r = make_link(a, ifindex, XDP_FLAGS_SKB_MODE);
	if (r < 0)
		return cannot(a, native, err);
	if (native < 0)
		eu_log(&a->p->log, 0,
		       "'%s': the driver cannot run '%s' (%s): generic XDP, which is slower",
		       a->target->what, a->prog->name, strerror(-native));
	else if (!flags && is_generic(ifindex))
		eu_log(&a->p->log, 0,
		       "'%s': the driver has no XDP: generic XDP, which is slower",
		       a->target->what);
	return eu_attach_keep_fd(a, r, err);
}

int eu_attach_xdp(const struct eu_attach *a, struct eu_error *err)
{
	return eu_attach_at_interface(a, attach_xdp, err);
}
