/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

enum { PATIENCE = 1000 }; /* milliseconds for a slow reader at the end */

/*
 * Until there is room in a pipe or terminal. Its reader may have stopped: once
 * the end is asked for we are not patient any more.
 */
static int wait_for_room(const struct run *r)
{
	struct pollfd p[] = {
		{ .fd = r->out_fd, .events = POLLOUT },
		{ .fd = r->signals, .events = POLLIN },
		{ .fd = r->timer, .events = POLLIN },
	};

	while (!r->ending && poll(p, EU_COUNT(p), -1) < 0)
		if (errno != EINTR)
			return -errno;
	if (p[0].revents || poll(p, 1, PATIENCE) > 0)
		return 0;
	return -EPIPE;
}

/* No more at once than fits where poll(2) says that there is room. */
int run_write(const struct run *r, const void *data, size_t len)
{
	const char *s = data;
	ssize_t n;
	int ret;

	while (len) {
		ret = r->out_blocks ? wait_for_room(r) : 0;
		if (ret)
			return ret;
		n = write(r->out_fd, s,
			  r->out_blocks ? eu_min(len, (size_t)PIPE_BUF) : len);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		s += eu_max(n, 0);
		len -= eu_max(n, 0);
	}
	return 0;
}

static bool to_terminal(const struct run *r)
{
	return !r->o->output && isatty(STDOUT_FILENO);
}

bool run_refreshes(const struct run *r)
{
	const char *term = getenv("TERM");

	return to_terminal(r) && term && strcmp(term, "dumb") &&
	       (!r->o->format || !strcmp(r->o->format, "text"));
}

/* https://no-color.org, and terminals that say that they know none. */
bool run_colored(const struct run *r)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (r->o->color && strcmp(r->o->color, "auto"))
		return !strcmp(r->o->color, "always");
	return to_terminal(r) && !(no && *no) && term && strcmp(term, "dumb");
}

unsigned int run_width(const struct run *r)
{
	struct winsize w = { 0 };

	if (r->o->width)
		return (unsigned int)(r->o->width - 1);
	if (!to_terminal(r) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w))
		return 0;
	return w.ws_col;
}

/* Files have room, or an error; and so has /dev/null. */
bool run_may_block(int fd)
{
	struct stat st;

	return fstat(fd, &st) || isatty(fd) ||
	       !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ||
		 S_ISCHR(st.st_mode));
}
