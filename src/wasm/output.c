/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * What a guest prints and reads, straight from its memory: the engine's own
 * functions have worker threads started for the first line, and ask them for
 * each; nor could they be stopped where they wait.
 */

/* Of wasi_snapshot_preview1. */
enum { SUCCESS = 0, BADF = 8, FBIG = 22, INTR = 27, INVAL = 28, IO = 29 };
enum { NOMEM = 48, NOSPC = 51, PIPE = 64 };
/* Of one call; what is beyond has to be written by another one. */
enum { MAX_PIECES = 64 };

static const struct {
	int ours, theirs;
} codes[] = {
	{ EBADF, BADF },   { EFBIG, FBIG },   { EINTR, INTR },
	{ EINVAL, INVAL }, { ENOMEM, NOMEM }, { ENOSPC, NOSPC },
	{ EPIPE, PIPE },
};

static int code_of(int e)
{
	for (size_t i = 0; i < EU_COUNT(codes); i++) {
		if (codes[i].ours == e)
			return codes[i].theirs;
	}
	return IO;
}

/* Can a read or a write of @fd wait for somebody? */
static bool may_wait(int fd)
{
	struct stat st;

	return fstat(fd, &st) ||
	       !(S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !isatty(fd)));
}

/*
 * Until the standard descriptor @fd is ready for @events of poll(2). -EINTR with
 * words: the guest is to stop.
 */
static int stream_wait(struct eu_wasm *w, int fd, short events,
		       struct eu_error *err)
{
	struct pollfd p[] = { { .fd = fd, .events = events },
			      { .fd = w->stop_fd, .events = POLLIN } };

	if (!w->streams[fd])
		w->streams[fd] = may_wait(fd) ? EU_HOST_STREAM_WAITS :
						EU_HOST_STREAM_READY;
	if (w->streams[fd] == EU_HOST_STREAM_READY)
		return 0;
	while (poll(p, EU_COUNT(p), -1) < 0 && errno == EINTR)
		;
	return p[1].revents ? eu_error_set(err, -EINTR, "stopped") : 0;
}

/* As much as one write takes without waiting in it: the guest may be stopped. */
static ssize_t write_some(struct eu_wasm *w, int fd, const struct iovec *iov,
			  int n, size_t done)
{
	struct iovec part[MAX_PIECES];
	size_t room = PIPE_BUF;
	int k = 0;

	for (int i = 0; i < n && room; i++) {
		const size_t skip = eu_min(done, iov[i].iov_len);
		const size_t len = eu_min(iov[i].iov_len - skip, room);

		done -= skip;
		if (!len)
			continue;
		part[k++] = (struct iovec){ (char *)iov[i].iov_base + skip, len };
		if (w->streams[fd] == EU_HOST_STREAM_WAITS)
			room -= len;
	}
	return writev(fd, part, k);
}

/*
 * Few guests look at what printing returns: where no more of their output can be
 * written they end. Without a reader whoever runs them ends them.
 */
static bool loses_nothing(int fd, int e)
{
	return fd != STDOUT_FILENO || e == EPIPE;
}

/* What was written, or an error of writev(2); -EINTR: the guest is to stop. */
static int write_all(struct eu_wasm *w, int fd, const struct iovec *iov, int n,
		     size_t *ret, struct eu_error *err)
{
	size_t whole = 0;
	ssize_t r;

	*ret = 0;
	for (int i = 0; i < n; i++)
		whole += iov[i].iov_len;
	do {
		if (stream_wait(w, fd, POLLOUT, err))
			return -ECANCELED;
		r = write_some(w, fd, iov, n, *ret);
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			return *ret && loses_nothing(fd, errno) ? 0 : -errno;
		*ret += r > 0 ? (size_t)r : 0;
	} while (r && *ret < whole);
	return 0;
}

/* The guest's list of pieces; -EFAULT if it lies. */
static int take_pieces(struct eu_wasm *w, uint32_t at, struct iovec *iov,
		       uint32_t n)
{
	uint32_t word[2];
	const char *list = eu_host_bytes(w, at, n * sizeof(word));

	for (uint32_t i = 0; list && i < n; i++) {
		memcpy(word, list + i * sizeof(word), sizeof(word));
		iov[i].iov_len = le32toh(word[1]);
		iov[i].iov_base = eu_host_bytes(w, le32toh(word[0]),
						iov[i].iov_len);
		if (!iov[i].iov_base)
			return -EFAULT;
	}
	return list ? 0 : -EFAULT;
}

static int fd_write(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const uint32_t n = eu_min((uint32_t)v[2], (uint32_t)MAX_PIECES);
	const int fd = eu_host_file_standard(w, v[0]);
	struct iovec iov[MAX_PIECES];
	uint32_t word;
	size_t done;
	void *to;
	int r;

	if (fd != 1 && fd != 2)
		return w->engine_fns->wasi(w->guest, "fd_write", v, err);
	to = eu_host_bytes(w, v[3], sizeof(word));
	if (!to || take_pieces(w, v[1], iov, n))
		return eu_host_trap(err);
	r = write_all(w, fd, iov, n, &done, err);
	if (r == -ECANCELED)
		return -EINTR;
	if (r < 0 && !loses_nothing(fd, -r))
		return eu_error_set(err, r, "cannot write: %s", strerror(-r));
	v[0] = r < 0 ? code_of(-r) : SUCCESS;
	word = htole32(done);
	memcpy(to, &word, sizeof(word));
	return 0;
}

/*
 * Standard input likewise, all of it: what the engine had taken ahead could not
 * be waited for.
 */
static int fd_read(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct iovec iov[MAX_PIECES];
	const uint32_t n = eu_min((uint32_t)v[2], (uint32_t)MAX_PIECES);
	const int fd = eu_host_file_standard(w, v[0]);
	size_t whole = 0;
	uint32_t got;
	ssize_t r;
	void *to;

	if (fd)
		return w->engine_fns->wasi(w->guest, "fd_read", v, err);
	to = eu_host_bytes(w, v[3], sizeof(got));
	if (!to || take_pieces(w, v[1], iov, n))
		return eu_host_trap(err);
	for (uint32_t i = 0; i < n; i++)
		whole += iov[i].iov_len;
	do {
		if (whole && stream_wait(w, fd, POLLIN, err))
			return -EINTR;
		r = readv(fd, iov, n);
	} while (r < 0 && (errno == EAGAIN || errno == EINTR));
	v[0] = r < 0 ? code_of(errno) : SUCCESS;
	got = htole32(r < 0 ? 0 : r);
	memcpy(to, &got, sizeof(got));
	return 0;
}

static const struct eu_import rows[] = {
	{ EU_WASI, "fd_read", "iiii:i", fd_read },
	{ EU_WASI, "fd_write", "iiii:i", fd_write },
};
const struct eu_host_calls eu_host_output = { rows, EU_COUNT(rows) };
