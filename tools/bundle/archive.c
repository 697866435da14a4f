/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 512, NAME = 100, SIZE_AT = 124, MODE_AT = 100, TYPE_AT = 156 };

static const char MAGIC[] = " eunomia-bundle\n";

int archive_open(const char *self, struct archive *ret)
{
	int fd = open(self, O_RDONLY | O_CLOEXEC);
	const unsigned char *data;
	struct stat st;
	const char *end;
	size_t len;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || st.st_size < TRAILER) {
		close(fd);
		return -ENOEXEC;
	}
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return -errno;
	end = (const char *)data + st.st_size - TRAILER;
	len = strtoul(end + DIGEST, NULL, 10);
	if (memcmp(end + TRAILER - strlen(MAGIC), MAGIC, strlen(MAGIC)) != 0 ||
	    strspn(end, "0123456789abcdef") != DIGEST ||
	    len > (size_t)st.st_size - TRAILER)
		return -ENOEXEC;
	ret->data = (const unsigned char *)end - len;
	ret->len = len;
	memcpy(ret->digest, end, DIGEST);
	ret->digest[DIGEST] = '\0';
	return 0;
}

/* Exactly so many bytes of what is compressed. */
static int take(z_stream *z, void *to, size_t len)
{
	int r = Z_OK;

	z->next_out = to;
	z->avail_out = len;
	while (z->avail_out && r == Z_OK)
		r = inflate(z, Z_NO_FLUSH);
	return z->avail_out ? -EBADMSG : 0;
}

/* Its end, where gzip keeps a checksum. */
static int finish(z_stream *z)
{
	unsigned char rest[BLOCK];
	int r;

	do {
		z->next_out = rest;
		z->avail_out = sizeof(rest);
		r = inflate(z, Z_NO_FLUSH);
	} while (r == Z_OK);
	return r == Z_STREAM_END ? 0 : -EBADMSG;
}

static int write_file(z_stream *z, int dir, const char *path, mode_t mode,
		      size_t len)
{
	const size_t padding = -len % BLOCK;
	char data[64 << 10];
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			mode & 0700);
	int r = fd < 0 ? -errno : 0;

	while (len && !r) {
		size_t n = len < sizeof(data) ? len : sizeof(data);
		ssize_t done = 0;

		r = take(z, data, n);
		for (size_t at = 0; at < n && !r; at += done) {
			done = write(fd, data + at, n - at);
			if (done < 0)
				r = -errno;
		}
		len -= n;
	}
	if (fd >= 0 && close(fd) && !r)
		r = -errno;
	return r ? r : take(z, data, padding);
}

/* Only folders and files come in ours, below the folder that they go to. */
static int unpack_one(z_stream *z, int dir, const char *header, FILE *index)
{
	char path[NAME + 1];
	const mode_t mode = strtoul(header + MODE_AT, NULL, 8);
	const size_t len = strtoul(header + SIZE_AT, NULL, 8);

	snprintf(path, sizeof(path), "%s", header);
	if (*path == '/' || strstr(path, ".."))
		return -EBADMSG;
	if (header[TYPE_AT] == '5')
		return mkdirat(dir, path, 0700) && errno != EEXIST ? -errno : 0;
	if (header[TYPE_AT] != '0')
		return -EBADMSG;
	fprintf(index, "%zu %s\n", len, path);
	return write_file(z, dir, path, mode, len);
}

static int unpack_all(z_stream *z, int dir, FILE *index)
{
	char header[BLOCK + 1] = "";
	int r;

	while (!(r = take(z, header, BLOCK)) && *header) {
		r = unpack_one(z, dir, header, index);
		if (r)
			return r;
	}
	return r ? r : finish(z);
}

int archive_unpack(const struct archive *a, int dir)
{
	z_stream z = { .next_in = (unsigned char *)a->data, .avail_in = a->len };
	int fd = openat(dir, "index", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			0600);
	FILE *index = fd < 0 ? NULL : fdopen(fd, "w");
	int r;

	if (!index)
		return -errno;
	if (inflateInit2(&z, 15 + 16) != Z_OK) {
		fclose(index);
		return -ENOMEM;
	}
	r = unpack_all(&z, dir, index);
	inflateEnd(&z);
	fprintf(index, "end\n");
	if (fclose(index) && !r)
		r = -errno;
	/* Sizes that are right after a crash are those of whole files. */
	if (!r && syncfs(dir))
		r = -errno;
	return r;
}

bool archive_is_there(int dir)
{
	int fd = openat(dir, "index", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FILE *index = fd < 0 ? NULL : fdopen(fd, "r");
	char line[NAME + 32] = "", *path;
	bool there = index;
	struct stat st;

	while (there && fgets(line, sizeof(line), index) &&
	       strcmp(line, "end\n") != 0) {
		unsigned long len = strtoul(line, &path, 10);

		path[strcspn(path, "\n")] = '\0';
		there = *path == ' ' &&
			!fstatat(dir, path + 1, &st, AT_SYMLINK_NOFOLLOW) &&
			S_ISREG(st.st_mode) && (unsigned long)st.st_size == len;
	}
	if (index)
		fclose(index);
	return there && !strcmp(line, "end\n");
}
