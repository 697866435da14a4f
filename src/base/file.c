/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

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

int eu_file_read(const char *path, size_t max, char **ret_data, size_t *ret_len,
		 struct eu_error *err)
{
	eu_auto_close int fd = -1;

	if (!strcmp(path, "-"))
		return eu_file_read_fd(STDIN_FILENO, "standard input", max,
				       ret_data, ret_len, err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
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

int eu_file_write(const char *path, const void *data, size_t len,
		  struct eu_error *err)
{
	eu_auto_free char *tmp = NULL;
	eu_auto_close int fd = -1;
	mode_t mask;
	int r;

	if (asprintf(&tmp, "%s.XXXXXX", path) < 0) {
		tmp = NULL;
		return eu_error_oom(err);
	}
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return eu_error_set(err, -errno, "cannot write '%s': %s", path,
				    strerror(errno));
	mask = umask(0);
	umask(mask);
	r = fchmod(fd, 0666 & ~mask) ? -errno : eu_write_all(fd, data, len);
	if (!r && rename(tmp, path))
		r = -errno;
	if (!r)
		return 0;
	unlink(tmp);
	return eu_error_set(err, r, "cannot write '%s': %s", path, strerror(-r));
}

char *eu_path_join(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s%s%s", dir, *dir ? "/" : "", name) < 0)
		return NULL;
	return path;
}
