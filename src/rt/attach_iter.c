/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/attach.h"
#include "rt/source.h"

/*
 * Programs that run when they are told to: iterators, whose text a source
 * reads, and "syscall" programs, once.
 */

static int walk_map(const struct eu_attach *a, const char *name,
		    union bpf_iter_link_info *info, struct eu_error *err)
{
	int fd = bpf_object__find_map_fd_by_name(a->p->obj, name);

	if (fd < 0)
		return eu_attach_no_map(a, name, err);
	info->map.map_fd = fd;
	return 0;
}

static int walk_task(const struct eu_attach *a, const char *number,
		     uint32_t *ret, struct eu_error *err)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(number, &end, 10);
	if (errno || *end || n < 1 || n > INT32_MAX)
		return eu_error_set(err, -EINVAL,
				    "target '%s': '%s' is no process id",
				    a->target->text, number);
	*ret = (uint32_t)n;
	/* Without it a kernel goes over all of them and says nothing. */
	return eu_attach_lacks(a, "iter.task", err);
}

static int order_of(const struct eu_attach *a, union bpf_iter_link_info *info,
		    struct eu_error *err)
{
	static const struct {
		const char *name;
		enum bpf_cgroup_iter_order order;
	} orders[] = {
		{ "self", BPF_CGROUP_ITER_SELF_ONLY },
		{ "pre", BPF_CGROUP_ITER_DESCENDANTS_PRE },
		{ "post", BPF_CGROUP_ITER_DESCENDANTS_POST },
		{ "up", BPF_CGROUP_ITER_ANCESTORS_UP },
	};
	const char *order = a->target ? eu_target_key(a->target, "order") : NULL;

	for (size_t i = 0; i < EU_COUNT(orders); i++)
		if (!strcmp(order ?: "pre", orders[i].name)) {
			info->cgroup.order = orders[i].order;
			return 0;
		}
	return eu_error_set(err, -EINVAL,
			    "target '%s': order is self, pre, post or up",
			    a->target->text);
}

/* @ret_fd is to be kept until the link is there. */
static int walk_over(const struct eu_attach *a, union bpf_iter_link_info *info,
		     int *ret_fd, struct eu_error *err)
{
	const char *what = a->target->what;
	const char *rest = strchr(what, ':') + 1;

	if (!strncmp(what, "map:", 4))
		return walk_map(a, rest, info, err);
	if (!strncmp(what, "pid:", 4))
		return walk_task(a, rest, &info->task.pid, err);
	if (!strncmp(what, "tid:", 4))
		return walk_task(a, rest, &info->task.tid, err);
	*ret_fd = eu_attach_open_cgroup(rest, err);
	if (*ret_fd < 0)
		return *ret_fd;
	info->cgroup.cgroup_fd = (uint32_t)*ret_fd;
	return order_of(a, info, err);
}

int eu_attach_iter(const struct eu_attach *a, struct eu_error *err)
{
	bool cgroup = !strncmp(a->prog->section, "iter/cgroup", 11) ||
		      !strncmp(a->prog->section, "iter.s/cgroup", 13);
	union bpf_iter_link_info info = { 0 };
	LIBBPF_OPTS(bpf_iter_attach_opts, o);
	struct bpf_link *link;
	eu_auto_close int fd = -1;
	int r = 0;

	if (a->target)
		r = walk_over(a, &info, &fd, err);
	else if (cgroup)
		r = order_of(a, &info, err);
	if (r)
		return r;
	if (a->target || cgroup) {
		o.link_info = &info;
		o.link_info_len = sizeof(info);
	}
	link = bpf_program__attach_iter(a->bpf, &o);
	if (!link && errno == EBADF && !a->target)
		return eu_error_set(err, -EBADF,
				    "%s needs a target: -t takes map:NAME",
				    a->prog->section);
	r = eu_attach_keep(a, link, err);
	return r ? r : eu_source_iter_start(a->p, a->prog, a->target, link, err);
}

int eu_attach_syscall(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_test_run_opts, o);
	int r = bpf_prog_test_run_opts(bpf_program__fd(a->bpf), &o);

	if (r)
		return eu_error_set(err, r, "cannot run it: %s", strerror(-r));
	eu_log(&a->p->log, o.retval ? 0 : 1,
	       "program '%s' has run: it returned %d", a->prog->name,
	       (int)o.retval);
	return 0;
}
