/* SPDX-License-Identifier: MIT */
#include "base/cachedir.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/file.h"

bool eu_cachedir_is_private(int fd, mode_t type)
{
	struct stat st;

	return !fstat(fd, &st) && (st.st_mode & S_IFMT) == type &&
	       st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* A folder below another one, made if it is not there. */
static char *below(char *dir, const char *name)
{
	eu_auto_close int fd = -1;
	char *path = dir ? eu_path_join(dir, name) : NULL;

	free(dir);
	if (!path)
		return NULL;
	mkdir(path, 0700);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && eu_cachedir_is_private(fd, S_IFDIR))
		return path;
	free(path);
	return NULL;
}

char *eu_cachedir_open(const char *name)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *dir = NULL;

	if (getauxval(AT_SECURE))
		return NULL;
	if (cache && *cache == '/') {
		mkdir(cache, 0700);
		dir = strdup(cache);
	} else if (home && *home == '/') {
		dir = below(strdup(home), ".cache");
	}
	return below(below(dir, "eunomia"), name);
}

enum { MAX_FILES = 1 << 16 };

struct aged {
	char name[256];
	struct timespec when;
	uint64_t size;
};

static int by_age(const void *a, const void *b)
{
	const struct timespec *x = &((const struct aged *)a)->when;
	const struct timespec *y = &((const struct aged *)b)->when;

	return x->tv_sec != y->tv_sec ?
		       (x->tv_sec > y->tv_sec) - (x->tv_sec < y->tv_sec) :
		       (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* All files, the oldest first. */
static size_t list_files(DIR *dir, struct aged **ret, uint64_t *ret_bytes)
{
	struct aged *list = NULL;
	struct dirent *e;
	struct stat st;
	size_t n = 0;

	while ((e = readdir(dir))) {
		/* Half-written ones too: nobody else removes those. */
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode) ||
		    eu_array_grow(&list, n, sizeof(*list), MAX_FILES))
			continue;
		snprintf(list[n].name, sizeof(list[n].name), "%s", e->d_name);
		list[n].size = st.st_size;
		list[n++].when = st.st_mtim;
		*ret_bytes += st.st_size;
	}
	if (n)
		qsort(list, n, sizeof(*list), by_age);
	*ret = list;
	return n;
}

void eu_cachedir_make_room(const char *path, size_t max_files,
			   uint64_t max_bytes, uint64_t len)
{
	DIR *dir = opendir(path);
	eu_auto_free struct aged *list = NULL;
	uint64_t bytes = 0;
	size_t n;

	if (!dir)
		return;
	n = list_files(dir, &list, &bytes);
	for (size_t i = 0; i < n; i++) {
		if (n - i < max_files && len <= max_bytes &&
		    bytes <= max_bytes - len)
			break;
		unlinkat(dirfd(dir), list[i].name, 0);
		bytes -= list[i].size;
	}
	closedir(dir);
}
