/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"

enum { MAX_ATTEMPTS = 100, PIECE = 1 << 20 };

int eu_file_read_fd(int fd, const char *name, size_t max, char **ret_data,
		    size_t *ret_len, struct eu_error *err)
{
	/* One byte over the limit tells that there is more. */
	eu_auto_buf struct eu_buf b = EU_BUF(max + 2);
	struct stat st;
	ssize_t n;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode)) {
		if ((uint64_t)st.st_size > max)
			goto too_large;
		eu_buf_grow(&b, st.st_size + 2);
	}
	for (;;) {
		if (b.cap - b.len < 2)
			eu_buf_grow(&b, eu_min(eu_max(b.cap, (size_t)65536),
					       b.max - b.len));
		if (b.error)
			return eu_error_oom(err);
		n = read(fd, b.data + b.len, b.cap - b.len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return eu_error_set(err, -errno, "cannot read '%s': %s",
					    name, strerror(errno));
		if (!n)
			break;
		b.len += n;
		if (b.len > max)
			goto too_large;
	}
	*ret_data = eu_buf_take(&b, ret_len);
	return 0;
too_large:
	return eu_error_set(err, -E2BIG,
			    "'%s' is larger than the %zu MiB that are allowed",
			    name, max >> 20);
}

/*
 * A pipe without a writer is empty instead of being waited for. Who has come to
 * write, as in "<(command)", is.
 */
static int open_at_once(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

int eu_file_read(const char *path, size_t max, char **ret_data, size_t *ret_len,
		 struct eu_error *err)
{
	eu_auto_close int fd = -1;

	if (!strcmp(path, "-"))
		return eu_file_read_fd(STDIN_FILENO, "standard input", max,
				       ret_data, ret_len, err);
	fd = open_at_once(path);
	if (fd < 0)
		return eu_error_set(err, -errno, "cannot open '%s': %s", path,
				    strerror(errno));
	return eu_file_read_fd(fd, path, max, ret_data, ret_len, err);
}

int eu_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	ssize_t n;

	while (len) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= n;
	}
	return 0;
}

/* A new file beside @path, with the rights that open(2) gives to new files. */
static int open_beside(const char *path, char **ret_tmp)
{
	struct timespec now;
	unsigned int id;
	char *tmp;
	int fd;

	clock_gettime(CLOCK_MONOTONIC, &now);
	id = now.tv_nsec ^ (unsigned int)getpid() << 12;
	for (unsigned int i = 0; i < MAX_ATTEMPTS; i++) {
		if (asprintf(&tmp, "%s.%06x", path, (id + i) & 0xffffff) < 0)
			return -ENOMEM;
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0) {
			*ret_tmp = tmp;
			return fd;
		}
		free(tmp);
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* What a file gets: bytes, or those of a file. */
struct content {
	const void *data;
	size_t len;
	int from;     /* if there is no @data */
	bool flushed; /* with the folder @names if it is not NULL */
	const char *names;
};

static int put(int fd, const struct content *c)
{
	off_t at = 0;
	ssize_t n;

	if (c->data)
		return eu_write_all(fd, c->data, c->len);
	do {
		n = sendfile(fd, c->from, &at, PIECE);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n ? -errno : 0;
}

/*
 * The file first: many file systems then have nothing left to do for the folder,
 * which else is one more wait for the disk.
 */
static int flush(int fd, const char *folder)
{
	eu_auto_close int dir = -1;

	if (fsync(fd))
		return -errno;
	if (!folder)
		return 0;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 || fsync(dir) ? -errno : 0;
}

/* Gives the name to a new file. */
static int take_over(int fd, const char *tmp, const char *path,
		     const struct content *c)
{
	int r = put(fd, c);

	if (!r && c->flushed)
		r = flush(fd, c->names);
	return !r && rename(tmp, path) ? -errno : r;
}

static int replace(const char *path, const struct content *c)
{
	eu_auto_free char *tmp = NULL;
	eu_auto_close int fd = open_beside(path, &tmp);
	int r;

	if (fd < 0)
		return fd;
	r = take_over(fd, tmp, path, c);
	if (r)
		unlink(tmp);
	return r;
}

static int write_in_place(const char *path, const struct content *c)
{
	eu_auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : put(fd, c);
}

static int not_written(int r, const char *path, struct eu_error *err)
{
	return !r	    ? 0 :
	       r == -ENOMEM ? eu_error_oom(err) :
			      eu_error_set(err, r, "cannot write '%s': %s",
					   path, strerror(-r));
}

static int write_content(const char *path, const struct content *c,
			 struct eu_error *err)
{
	struct stat st;
	int r;

	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		r = write_in_place(path, c);
	else
		r = replace(path, c);
	return not_written(r, path, err);
}

int eu_file_write(const char *path, const void *data, size_t len,
		  struct eu_error *err)
{
	/* No bytes are to be found anywhere. */
	const struct content c = { .data = data ?: "", .len = len };

	return write_content(path, &c, err);
}

int eu_file_write_from(const char *path, int from, struct eu_error *err)
{
	const struct content c = { .from = from };

	return write_content(path, &c, err);
}

int eu_file_write_flushed(const char *path, const void *data, size_t len,
			  const char *names, struct eu_error *err)
{
	const struct content c = {
		.data = data ?: "", .len = len, .flushed = true, .names = names
	};

	return not_written(replace(path, &c), path, err);
}

const char *eu_path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *eu_path_join(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s%s%s", dir, *dir ? "/" : "", name) < 0)
		return NULL;
	return path;
}
