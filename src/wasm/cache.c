/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "wasm/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cachedir.h"
#include "base/file.h"

enum { MAX_VERSION = 64 };

/* What a file begins with. */
struct head {
	char version[MAX_VERSION];
	uint8_t digest[EU_SHA256_SIZE]; /* of what follows */
};

void eu_cache_init(struct eu_cache *c, const void *wasm, size_t len,
		   const char *version)
{
	uint8_t d[EU_SHA256_SIZE];

	*c = (struct eu_cache){ .version = version };
	if (eu_sha256(wasm, len, d, NULL))
		return;
	for (size_t i = 0; i < sizeof(d); i++)
		snprintf(c->name + 2 * i, 3, "%02x", d[i]);
	c->dir = eu_cachedir_open("wasm");
}

void eu_cache_done(struct eu_cache *c)
{
	free(c->dir);
	c->dir = NULL;
}

static void set_version(const struct eu_cache *c, struct head *h)
{
	snprintf(h->version, sizeof(h->version), "%s", c->version);
}

/* All of it, if it is what was written. */
static void *take(const struct eu_cache *c, int fd, size_t size, size_t *ret_len)
{
	char *data = malloc(size);
	struct head want = { 0 };
	size_t len = size - sizeof(want);

	if (!data)
		return NULL;
	set_version(c, &want);
	if (pread(fd, data, size, 0) != (ssize_t)size ||
	    eu_sha256(data + sizeof(want), len, want.digest, NULL) ||
	    memcmp(data, &want, sizeof(want))) {
		free(data);
		return NULL;
	}
	memmove(data, data + sizeof(want), len);
	*ret_len = len;
	return data;
}

void *eu_cache_read(const struct eu_cache *c, size_t *ret_len)
{
	eu_auto_free char *path = c->dir ? eu_path_join(c->dir, c->name) : NULL;
	eu_auto_close int fd = -1;
	struct stat st;

	if (!path)
		return NULL;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || !eu_cachedir_is_private(fd, S_IFREG) || fstat(fd, &st) ||
	    st.st_size <= (off_t)sizeof(struct head) || st.st_size > EU_CACHE_MAX)
		return NULL;
	/* What is used last is thrown away last. */
	futimens(fd, NULL);
	return take(c, fd, st.st_size, ret_len);
}

struct aged {
	char name[256];
	struct timespec when;
};

static int by_age(const void *a, const void *b)
{
	const struct timespec *x = &((const struct aged *)a)->when;
	const struct timespec *y = &((const struct aged *)b)->when;

	return x->tv_sec != y->tv_sec ?
		       (x->tv_sec > y->tv_sec) - (x->tv_sec < y->tv_sec) :
		       (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Removes the oldest until there is room for one more. */
static void make_room(const char *path)
{
	struct aged *list = NULL;
	DIR *dir = opendir(path);
	struct dirent *e;
	struct stat st;
	size_t n = 0;

	while (dir && (e = readdir(dir))) {
		/* Half-written ones too: nobody else removes those. */
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode) ||
		    eu_array_grow(&list, n, sizeof(*list), 1 << 16))
			continue;
		snprintf(list[n].name, sizeof(list[n].name), "%s", e->d_name);
		list[n++].when = st.st_mtim;
	}
	if (n)
		qsort(list, n, sizeof(*list), by_age);
	for (size_t i = 0; i + EU_CACHE_FILES <= n; i++)
		unlinkat(dirfd(dir), list[i].name, 0);
	free(list);
	if (dir)
		closedir(dir);
}

void eu_cache_write(const struct eu_cache *c, const void *code, size_t len)
{
	eu_auto_free char *path = c->dir ? eu_path_join(c->dir, c->name) : NULL;
	eu_auto_free char *tmp = NULL;
	eu_auto_close int fd = -1;
	struct head h = { 0 };

	if (!path || len > EU_CACHE_MAX - sizeof(h) ||
	    eu_sha256(code, len, h.digest, NULL) ||
	    asprintf(&tmp, "%s/.new-XXXXXX", c->dir) < 0)
		return;
	set_version(c, &h);
	make_room(c->dir);
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return;
	if (eu_write_all(fd, &h, sizeof(h)) || eu_write_all(fd, code, len) ||
	    rename(tmp, path))
		unlink(tmp);
}
