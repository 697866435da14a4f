/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>

#include "base/cgroup.h"
#include "rt/attach.h"

/* Programs on control groups of version 2, given by path or by id. */

/* The type of kernfs handles: nothing but the id (include/linux/exportfs.h). */
enum { FILEID_KERNFS = 0xfe };

static int open_by_id(const char *id, struct eu_error *err)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + sizeof(uint64_t)];
	} f = { .h = { .handle_bytes = sizeof(uint64_t),
		       .handle_type = FILEID_KERNFS } };
	eu_auto_free char *root = NULL;
	eu_auto_close int fd = -1;
	uint64_t number;
	int got = -1;
	char *end;

	errno = 0;
	number = strtoull(id, &end, 10);
	if (errno || *end)
		return eu_error_set(err, -EINVAL, "'%s' is no cgroup id", id);
	memcpy(f.h.f_handle, &number, sizeof(number));
	root = eu_cgroup_root();
	if (root)
		fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		got = open_by_handle_at(fd, &f.h, O_RDONLY | O_CLOEXEC);
	if (got >= 0)
		return got;
	return eu_error_set(err, -ENOENT, "no cgroup has the id %s", id);
}

int eu_attach_open_cgroup(const char *what, struct eu_error *err)
{
	struct statfs fs;
	bool old = false;
	int fd;

	if (*what != '/')
		return open_by_id(what, err);
	fd = open(what, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return eu_error_set(err, -errno, "cannot open cgroup '%s': %s",
				    what, strerror(errno));
	if (fstatfs(fd, &fs))
		fs.f_type = 0;
	if (fs.f_type == CGROUP2_SUPER_MAGIC)
		return fd;
	old = fs.f_type == CGROUP_SUPER_MAGIC;
	eu_close(fd);
	if (old)
		return eu_error_set(
			err, -EINVAL,
			"'%s' is a cgroup of version 1; programs attach to those of version 2 (mount -t cgroup2 none DIR)",
			what);
	return eu_error_set(
		err, -EINVAL,
		"'%s' is no cgroup of version 2 (see: mount -t cgroup2)", what);
}

/* What errno says. */
static int cannot(const struct eu_attach *a, struct eu_error *err)
{
	return eu_error_set(err, -errno, "cannot attach to '%s': %s",
			    a->target->text, strerror(errno));
}

/* Links are always "multi"; other ways need the older call. */
static int attach_flags(const struct eu_attach *a, int cgroup,
			struct eu_error *err)
{
	const char *flags = eu_target_key(a->target, "flags");
	enum bpf_attach_type type = bpf_program__expected_attach_type(a->bpf);
	struct eu_leftover *left;
	struct eu_link *l;
	int how, r;

	if (!strcmp(flags, "multi"))
		how = BPF_F_ALLOW_MULTI;
	else if (!strcmp(flags, "override"))
		how = BPF_F_ALLOW_OVERRIDE;
	else
		return eu_error_set(err, -EINVAL,
				    "target '%s': flags is multi or override",
				    a->target->text);
	r = eu_program_add_link(a->p, &l, err);
	if (r)
		return r;
	/* Both are needed to detach, after others have closed theirs. */
	left = &l->left;
	left->kind = EU_LEFTOVER_CGROUP;
	left->fd = fcntl(cgroup, F_DUPFD_CLOEXEC, 3);
	left->prog_fd = fcntl(bpf_program__fd(a->bpf), F_DUPFD_CLOEXEC, 3);
	if (left->fd < 0 || left->prog_fd < 0)
		r = cannot(a, err);
	left->prog_id = eu_leftover_mark(left->prog_fd);
	left->cgroup = type;
	if (!r)
		r = eu_program_leaves(a->p, left, err);
	if (!r && bpf_prog_attach(left->prog_fd, left->fd, type, how))
		r = cannot(a, err);
	if (!r)
		return 0;
	/* The program may be there from an earlier call. */
	left->kind = EU_LEFTOVER_NONE;
	eu_program_detach(a->p, a->p->n_links - 1);
	return r;
}

int eu_attach_cgroup(const struct eu_attach *a, struct eu_error *err)
{
	eu_auto_close int fd = eu_attach_open_cgroup(a->target->what, err);

	if (fd < 0)
		return fd;
	eu_attach_warn_of_lsm(a);
	if (eu_target_key(a->target, "flags"))
		return attach_flags(a, fd, err);
	return eu_attach_keep(a, bpf_program__attach_cgroup(a->bpf, fd), err);
}
