/* SPDX-License-Identifier: MIT */
#include "rt/leftover.h"

#include <unistd.h>

#include <bpf/bpf.h>

#include "rt/netns.h"
#include "rt/qdisc.h"

enum { MAX_PROGS = 64 }; /* at one place of a cgroup */

static void remove_filter(const struct eu_leftover *l)
{
	const struct eu_filter what = {
		.ifindex = l->filter.ifindex,
		.point = l->filter.point,
		.handle = l->filter.handle,
		.priority = l->filter.priority,
		.prog_id = l->prog_id,
	};
	struct eu_netns ns;

	if (eu_netns_enter(l->fd, &ns, NULL))
		return;
	eu_qdisc_remove(&what);
	/* The qdisc that we made goes when nobody else has come to use it. */
	if (l->filter.makes_qdisc)
		eu_qdisc_destroy(l->filter.ifindex);
	eu_netns_leave(&ns);
}

/*
 * Where programs are not "multi" the kernel detaches whatever is there, whoever
 * is named.
 */
static void remove_from_cgroup(const struct eu_leftover *l)
{
	uint32_t ids[MAX_PROGS], n = MAX_PROGS;

	if (bpf_prog_query(l->fd, l->cgroup, 0, NULL, ids, &n))
		return;
	for (uint32_t i = 0; i < n; i++)
		if (ids[i] == l->prog_id)
			bpf_prog_detach2(l->prog_fd, l->fd, l->cgroup);
}

static void remove_instance(const struct eu_leftover *l)
{
	rmdir(l->instance);
}

static void unregister(const struct eu_leftover *l)
{
	const uint32_t key = 0;

	bpf_map_delete_elem(l->fd, &key);
}

void eu_leftover_remove(const struct eu_leftover *l)
{
	static void (*const remove[])(const struct eu_leftover *l) = {
		[EU_LEFTOVER_FILTER] = remove_filter,
		[EU_LEFTOVER_CGROUP] = remove_from_cgroup,
		[EU_LEFTOVER_TRACE] = remove_instance,
		[EU_LEFTOVER_STRUCT_OPS] = unregister,
	};

	if (l->kind)
		remove[l->kind](l);
}

void eu_leftover_done(struct eu_leftover *l)
{
	eu_close(eu_take_fd(l->fd));
	eu_close(eu_take_fd(l->prog_fd));
}

uint32_t eu_leftover_mark(int prog_fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	return bpf_prog_get_info_by_fd(prog_fd, &info, &size) ? 0 : info.id;
}
