/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>

#include <bpf/bpf.h>

#include "rt/source.h"

/* What an iterator writes, line by line; once, or at an interval. */

enum { MAX_LINE = 65536 };

struct iter {
	struct bpf_link *link; /* borrowed */
	int timer;	       /* readable when it is time to walk */
	size_t len;
	char buf[MAX_LINE];
};

static int iter_open(struct eu_source *s, struct eu_error *err)
{
	struct iter *t = calloc(1, sizeof(*t));

	if (!t)
		return eu_error_oom(err);
	s->state = t;
	s->lost_known = true;
	t->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (t->timer < 0)
		return eu_error_set(err, -errno, "cannot make a timer: %s",
				    strerror(errno));
	return 0;
}

int eu_source_iter_start(struct eu_program *p, const struct eu_prog *prog,
			 const struct eu_target *target, struct bpf_link *link,
			 struct eu_error *err)
{
	struct itimerspec at = { .it_value = { .tv_nsec = 1 } };
	struct eu_source *s = p->sources;
	int64_t ms = eu_target_integer(target, "interval", 0);
	struct iter *t;

	while (s->prog != prog || s->target != target)
		s++;
	t = s->state;
	t->link = link;
	at.it_interval.tv_sec = ms / 1000;
	at.it_interval.tv_nsec = ms % 1000 * 1000000;
	if (timerfd_settime(t->timer, 0, &at, NULL))
		return eu_error_set(err, -errno, "cannot start a timer: %s",
				    strerror(errno));
	return 0;
}

static int iter_fd(const struct eu_source *s)
{
	const struct iter *t = s->state;

	return t->timer;
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

	if (read(t->timer, &times, sizeof(times)) != sizeof(times))
		return 0;
	return t->link ? walk(s, err) : 0;
}

static void iter_close(struct eu_source *s)
{
	struct iter *t = s->state;

	if (!t)
		return;
	eu_close(t->timer);
	free(t);
}

const struct eu_source_ops eu_source_iter = {
	.name = "iterator",
	.open = iter_open,
	.fd = iter_fd,
	.dispatch = iter_dispatch,
	.close = iter_close,
};
