/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include <bpf/bpf.h>

#include "base/cgroup.h"
#include "base/file.h"
#include "rt/kernel.h"
#include "rt/walk.h"

/*
 * Storage of tasks and of control groups. The kernel has no walk over these
 * from user space, but an entry is found by a descriptor of its owner: so all
 * threads, or all groups, are asked for theirs. In the key's place stands who
 * it is.
 */

enum { MAX_DIRS = 1 << 20 };

struct storage {
	char *value;
	/* of tasks */
	DIR *proc, *threads;
	uint32_t pid, tid;
	/* of groups: those still to be looked at, below @root */
	char **dirs;
	size_t n_dirs, root;
	char name[PATH_MAX];
};

static int common_begin(struct eu_walk *w)
{
	struct storage *t = w->state;

	if (t)
		return 0;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	w->state = t;
	t->value = calloc(1, w->stride ?: 1);
	return t->value ? 0 : -ENOMEM;
}

/* Is there an entry of the owner behind @fd? It is read and taken away. */
static bool take(struct eu_walk *w, int fd)
{
	struct storage *t = w->state;

	if (fd < 0 || bpf_map_lookup_elem(w->fd, &fd, t->value))
		return false;
	if (!w->keep)
		bpf_map_delete_elem(w->fd, &fd);
	return true;
}

static int tasks_begin(struct eu_walk *w)
{
	struct storage *t;
	int r = common_begin(w);

	if (r)
		return r;
	t = w->state;
	if (t->proc)
		closedir(t->proc);
	t->proc = opendir("/proc");
	return t->proc ? 0 : -errno;
}

/* The next name in @d that is a number; 0: none. */
static uint32_t next_number(DIR *d)
{
	struct dirent *e;

	while ((e = readdir(d)))
		if (*e->d_name >= '1' && *e->d_name <= '9')
			return strtoul(e->d_name, NULL, 10);
	return 0;
}

/* Moves on to the next thread; false behind the last. */
static bool next_thread(struct storage *t)
{
	char path[64];

	for (;;) {
		t->tid = t->threads ? next_number(t->threads) : 0;
		if (t->tid)
			return true;
		if (t->threads)
			closedir(eu_take_ptr(t->threads));
		t->pid = next_number(t->proc);
		if (!t->pid)
			return false;
		snprintf(path, sizeof(path), "/proc/%u/task", t->pid);
		t->threads = opendir(path);
	}
}

static int tasks_next(struct eu_walk *w, const void **ret_key, char **ret_value)
{
	struct storage *t = w->state;

	while (next_thread(t)) {
		unsigned int flags = t->tid == t->pid ? 0 : EU_PIDFD_THREAD;
		eu_auto_close int fd = (int)syscall(SYS_pidfd_open, t->tid,
						    flags);

		if (!take(w, fd))
			continue;
		*ret_key = &t->tid;
		*ret_value = t->value;
		return 1;
	}
	return 0;
}

static int push(struct storage *t, char *dir)
{
	int r = dir ? eu_array_grow(&t->dirs, t->n_dirs, sizeof(*t->dirs),
				    MAX_DIRS) :
		      -ENOMEM;

	if (r) {
		free(dir);
		return r;
	}
	t->dirs[t->n_dirs++] = dir;
	return 0;
}

static void forget_dirs(struct storage *t)
{
	while (t->n_dirs)
		free(t->dirs[--t->n_dirs]);
}

static int cgroups_begin(struct eu_walk *w)
{
	struct storage *t;
	int r = common_begin(w);
	char *root;

	if (r)
		return r;
	t = w->state;
	forget_dirs(t);
	root = eu_cgroup_root();
	if (!root)
		return -ENOENT;
	t->root = strlen(root);
	return push(t, root);
}

/* The groups in @dir; one that is gone has none. */
static int push_children(struct storage *t, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int r = 0;

	while (d && !r && (e = readdir(d)))
		if (e->d_type == DT_DIR && *e->d_name != '.')
			r = push(t, eu_path_join(dir, e->d_name));
	if (d)
		closedir(d);
	return r;
}

static int cgroups_next(struct eu_walk *w, const void **ret_key, char **ret_value)
{
	struct storage *t = w->state;

	while (t->n_dirs) {
		eu_auto_free char *dir = t->dirs[--t->n_dirs];
		eu_auto_close int fd = open(dir,
					    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		int r = push_children(t, dir);

		if (r)
			return r;
		if (!take(w, fd))
			continue;
		memset(t->name, 0, sizeof(t->name));
		snprintf(t->name, sizeof(t->name), "%s",
			 dir[t->root] ? dir + t->root : "/");
		*ret_key = t->name;
		*ret_value = t->value;
		return 1;
	}
	return 0;
}

static void storage_done(struct eu_walk *w)
{
	struct storage *t = w->state;

	if (!t)
		return;
	if (t->proc)
		closedir(t->proc);
	if (t->threads)
		closedir(t->threads);
	forget_dirs(t);
	free(t->dirs);
	free(t->value);
	free(t);
}

const struct eu_walk_ops eu_walk_tasks = {
	.begin = tasks_begin,
	.next = tasks_next,
	.done = storage_done,
};

const struct eu_walk_ops eu_walk_cgroups = {
	.begin = cgroups_begin,
	.next = cgroups_next,
	.done = storage_done,
};
