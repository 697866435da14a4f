/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>

/*
 * What a guest prints, straight from its memory: the engine's own function has
 * worker threads started for the first line, and asks them for each.
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

/* Waits where standard output does not by itself. */
static ssize_t write_all(int fd, const struct iovec *iov, int n)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	ssize_t r;

	do
		r = writev(fd, iov, n);
	while (r < 0 && errno == EAGAIN && poll(&p, 1, -1) > 0);
	return r;
}

static int fd_write(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const uint32_t fd = v[0],
		       n = eu_min((uint32_t)v[2], (uint32_t)MAX_PIECES);
	struct iovec iov[MAX_PIECES];
	const char *at;
	uint32_t word[2];
	ssize_t r;
	void *to;

	if ((fd != 1 && fd != 2) || !eu_host_file_standard(w, fd))
		return w->engine_fns->wasi(w->guest, "fd_write", v, err);
	at = eu_host_bytes(w, v[1], n * sizeof(word));
	to = eu_host_bytes(w, v[3], sizeof(uint32_t));
	if (!at || !to)
		return eu_host_trap(err);
	for (uint32_t i = 0; i < n; i++) {
		memcpy(word, at + i * sizeof(word), sizeof(word));
		iov[i].iov_len = le32toh(word[1]);
		iov[i].iov_base = eu_host_bytes(w, le32toh(word[0]),
						iov[i].iov_len);
		if (!iov[i].iov_base)
			return eu_host_trap(err);
	}
	r = write_all(fd, iov, n);
	v[0] = r < 0 ? code_of(errno) : SUCCESS;
	word[0] = htole32(r < 0 ? 0 : r);
	memcpy(to, word, sizeof(word[0]));
	return 0;
}

static const struct eu_import rows[] = {
	{ EU_WASI, "fd_write", "iiii:i", fd_write },
};
const struct eu_host_calls eu_host_output = { rows, EU_COUNT(rows) };
