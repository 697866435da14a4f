/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "wasm/cache.h"

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
	uint64_t len, sum; /* of what follows */
};

/*
 * Is it what was written? A disk may be wrong, and a file cut short; whoever
 * else could change it could run what he likes without, and would write the
 * right number, whatever kind of number it is. Any change of eight bytes in a
 * row gives another one. (SHA-256 took a fifth of the time of a start.)
 */
static uint64_t sum(const char *data, size_t len)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;
	uint64_t lanes[4] = { 1, 2, 3, 4 }, words[4], r = len;

	for (size_t n; len; data += n, len -= n) {
		n = eu_min(len, sizeof(words));
		if (n < sizeof(words))
			memset(words, 0, sizeof(words));
		memcpy(words, data, n);
		for (size_t i = 0; i < EU_COUNT(lanes); i++) {
			lanes[i] = (lanes[i] ^ words[i]) * odd;
			lanes[i] = lanes[i] << 29 | lanes[i] >> 35;
		}
	}
	for (size_t i = 0; i < EU_COUNT(lanes); i++) {
		r = (r ^ lanes[i]) * odd;
		r ^= r >> 32;
	}
	return r;
}

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

static struct head head_of(const struct eu_cache *c, const char *code, size_t len)
{
	struct head h = { .len = len, .sum = sum(code, len) };

	snprintf(h.version, sizeof(h.version), "%s", c->version);
	return h;
}

/* All of it, if it is what was written. */
static void *take(const struct eu_cache *c, int fd, size_t size, size_t *ret_len)
{
	const size_t len = size - sizeof(struct head);
	char *code = malloc(len);
	struct head has, want;

	if (!code)
		return NULL;
	if (pread(fd, &has, sizeof(has), 0) == sizeof(has) &&
	    pread(fd, code, len, sizeof(has)) == (ssize_t)len) {
		want = head_of(c, code, len);
		if (!memcmp(&has, &want, sizeof(has))) {
			*ret_len = len;
			return code;
		}
	}
	free(code);
	return NULL;
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

void eu_cache_write(const struct eu_cache *c, const void *code, size_t len)
{
	eu_auto_free char *path = c->dir ? eu_path_join(c->dir, c->name) : NULL;
	eu_auto_free char *tmp = NULL;
	eu_auto_close int fd = -1;
	struct head h;

	if (!path || len > EU_CACHE_MAX - sizeof(h) ||
	    asprintf(&tmp, "%s/.new-XXXXXX", c->dir) < 0)
		return;
	h = head_of(c, code, len);
	eu_cachedir_make_room(c->dir, EU_CACHE_FILES, UINT64_MAX, len);
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return;
	if (eu_write_all(fd, &h, sizeof(h)) || eu_write_all(fd, code, len) ||
	    rename(tmp, path))
		unlink(tmp);
}
