/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "bundle.h"

/* Out of the way of descriptors that the caller has numbers for. */
enum { HIGH_FD = 100 };

/* @path, a folder of ours that nobody else may change; -1 if it is not. */
static int open_private(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && !fstat(fd, &st) && st.st_uid == geteuid() &&
	    !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return fd;
	if (fd >= 0) {
		close(fd);
		errno = EPERM;
	}
	return -1;
}

static int make_private(const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	return open_private(path);
}

static void remove_tree(int parent, const char *name)
{
	int fd = openat(parent, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(fd, e->d_name, 0) && errno == EISDIR)
			remove_tree(fd, e->d_name);
	}
	if (d)
		closedir(d);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* What a killed process left, and other versions that nobody runs. */
static void sweep(int parent, const char *keep)
{
	int own = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	DIR *d = own < 0 ? NULL : fdopendir(own);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
		    !strcmp(e->d_name, keep))
			continue;
		fd = openat(parent, e->d_name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!flock(fd, LOCK_EX | LOCK_NB))
			remove_tree(parent, e->d_name);
		close(fd);
	}
	if (d)
		closedir(d);
}

/* The folder of this archive, locked, or -1 if it is not there or not whole. */
static int open_whole(int parent, const char *digest)
{
	int fd = openat(parent, digest,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int high = -1;

	if (fd < 0)
		return -1;
	flock(fd, LOCK_SH);
	/* Kept open by what is executed, and so locked. */
	if (archive_is_there(fd))
		high = fcntl(fd, F_DUPFD, HIGH_FD);
	close(fd);
	return high;
}

/* Only whoever has the lock of @parent comes here. */
static int unpack(const struct archive *a, int parent)
{
	static const char fresh[] = ".new";
	int fd, r;

	sweep(parent, a->digest);
	if (mkdirat(parent, fresh, 0700))
		return -errno;
	fd = openat(parent, fresh, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = fd < 0 ? -errno : archive_unpack(a, fd);
	if (fd >= 0)
		close(fd);
	if (!r) {
		remove_tree(parent, a->digest);
		if (renameat(parent, fresh, parent, a->digest))
			r = -errno;
	}
	if (r)
		remove_tree(parent, fresh);
	return r;
}

static int ensure(const struct archive *a, int parent)
{
	int r = 0;

	if (open_whole(parent, a->digest) >= 0)
		return 0;
	if (flock(parent, LOCK_EX))
		return -errno;
	/* Somebody else may have been at it. */
	if (open_whole(parent, a->digest) < 0)
		r = unpack(a, parent);
	if (!r && open_whole(parent, a->digest) < 0)
		r = -EIO;
	flock(parent, LOCK_UN);
	return r;
}

/* The folder in @path for this archive, to be freed; NULL with @ret_why. */
static char *cache_in(const struct archive *a, const char *path, int *ret_why)
{
	int parent = make_private(path);
	struct statvfs fs;
	char *dir = NULL;
	int r = parent < 0 ? -errno : 0;

	/* Nothing can be executed from there. */
	if (!r && !fstatvfs(parent, &fs) && (fs.f_flag & ST_NOEXEC))
		r = -EACCES;
	if (!r)
		r = ensure(a, parent);
	if (!r && asprintf(&dir, "%s/%s", path, a->digest) < 0)
		r = -ENOMEM;
	if (parent >= 0)
		close(parent);
	*ret_why = r ? -r : 0;
	return r ? NULL : dir;
}

/* ~/.cache/eunomia/bundle, where the other parts of eunomia have theirs. */
static char *in_home(const struct archive *a, int *ret_why)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *base, *path, *dir = NULL;
	int r;

	if (cache && *cache == '/')
		r = asprintf(&base, "%s", cache);
	else if (home && *home == '/')
		r = asprintf(&base, "%s/.cache", home);
	else
		return NULL;
	if (r < 0)
		return NULL;
	mkdir(base, 0700);
	r = asprintf(&path, "%s/eunomia", base);
	free(base);
	if (r < 0)
		return NULL;
	r = make_private(path);
	if (r >= 0) {
		close(r);
		base = path;
		if (asprintf(&path, "%s/bundle", base) < 0)
			path = NULL;
		free(base);
		if (path)
			dir = cache_in(a, path, ret_why);
	}
	free(path);
	return dir;
}

char *cache_open(const struct archive *a, const char *self, int *ret_why)
{
	static const char *const places[] = { "/var/tmp", "/tmp", "/dev/shm",
					      "/run" };
	const size_t n = sizeof(places) / sizeof(places[0]);
	char *dir = in_home(a, ret_why), *path, *beside;
	const char *slash = strrchr(self, '/');

	/* At last beside the file itself; what is damaged is so anywhere. */
	for (size_t i = 0; i <= n && !dir && *ret_why != EBADMSG; i++) {
		if (i == n && !slash)
			break;
		beside = i < n ? strdup(places[i]) : strndup(self, slash - self);
		if (!beside || asprintf(&path, "%s/.eunomia-%u", beside,
					(unsigned int)geteuid()) < 0)
			path = NULL;
		if (path)
			dir = cache_in(a, path, ret_why);
		free(path);
		free(beside);
	}
	return dir;
}
