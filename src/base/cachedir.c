/* SPDX-License-Identifier: MIT */
#include "base/cachedir.h"

#include <fcntl.h>
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
