/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "rt/source.h"

/* What an iterator writes, line by line; once, or at an interval. */

enum { MAX_LINE = 65536 };

struct iter {
	struct bpf_link *link; /* borrowed */
	int fd;		       /* readable when it is time to walk */
	size_t len;
	char buf[MAX_LINE];
};

/* Milliseconds; 0: once. */
static int64_t interval_of(const struct eu_source *s)
{
	return eu_target_integer(s->target, "interval", 0);
}

static int iter_open(struct eu_source *s, struct eu_error *err)
{
	struct iter *t = calloc(1, sizeof(*t));

	if (!t)
		return eu_error_oom(err);
	s->state = t;
	s->lost_known = true;
	t->fd = interval_of(s) ? timerfd_create(CLOCK_MONOTONIC,
						TFD_CLOEXEC | TFD_NONBLOCK) :
				 eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (t->fd < 0)
		return eu_error_set(err, -errno, "cannot make a timer: %s",
				    strerror(errno));
	return 0;
}

/*
 * What walks once is due at once, not when a timer says so: with all others of
 * its kind it may be what a run is over with.
 */
static int start(const struct iter *t, int64_t ms)
{
	const struct itimerspec at = {
		.it_value = { .tv_nsec = 1 },
		.it_interval = { .tv_sec = ms / 1000,
				 .tv_nsec = ms % 1000 * 1000000 },
	};
	const uint64_t now = 1;

	if (ms)
		return timerfd_settime(t->fd, 0, &at, NULL) ? -errno : 0;
	return write(t->fd, &now, sizeof(now)) == sizeof(now) ? 0 : -errno;
}

int eu_source_iter_start(struct eu_program *p, const struct eu_prog *prog,
			 const struct eu_target *target, struct bpf_link *link,
			 struct eu_error *err)
{
	struct eu_source *s = p->sources;
	struct iter *t;
	int r;

	while (s->prog != prog || s->target != target)
		s++;
	t = s->state;
	t->link = link;
	r = start(t, interval_of(s));
	return r ? eu_error_set(err, r, "cannot start a timer: %s", strerror(-r)) :
		   0;
}

static int iter_fd(const struct eu_source *s)
{
	const struct iter *t = s->state;

	return t->fd;
}

static int give_lines(struct eu_source *s, bool end)
{
	struct iter *t = s->state;
	char *line = t->buf, *nl;
	size_t n;
	int r = 0;

	while (!r && t->len) {
		nl = memchr(line, '\n', t->len);
		if (!nl && !end && t->len < sizeof(t->buf))
			break;
		n = nl ? (size_t)(nl - line) : t->len;
		r = eu_source_record(s, NULL, line, n);
		n += nl != NULL;
		line += n;
		t->len -= n;
	}
	memmove(t->buf, line, t->len);
	return r;
}

static int walk(struct eu_source *s, struct eu_error *err)
{
	struct iter *t = s->state;
	eu_auto_close int fd = bpf_iter_create(bpf_link__fd(t->link));
	ssize_t n;
	int r = 0;

	if (fd < 0)
		return eu_error_set(err, fd, "cannot start iterator '%s': %s",
				    s->stream.name, strerror(-fd));
	while (!r) {
		n = read(fd, t->buf + t->len, sizeof(t->buf) - t->len);
		/* The kernel takes a breath where much is walked in silence. */
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			return eu_error_set(err, -errno,
					    "cannot read iterator '%s': %s",
					    s->stream.name, strerror(errno));
		t->len += n;
		r = give_lines(s, !n);
		if (!n)
			break;
	}
	return r;
}

static int iter_dispatch(struct eu_source *s, struct eu_error *err)
{
	struct iter *t = s->state;
	uint64_t times;

	if (read(t->fd, &times, sizeof(times)) != sizeof(times))
		return 0;
	return t->link ? walk(s, err) : 0;
}

static void iter_close(struct eu_source *s)
{
	struct iter *t = s->state;

	if (!t)
		return;
	eu_close(t->fd);
	free(t);
}

const struct eu_source_ops eu_source_iter = {
	.name = "iterator",
	.open = iter_open,
	.fd = iter_fd,
	.dispatch = iter_dispatch,
	.close = iter_close,
};
