/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <bpf/libbpf.h>

#include "rt/source.h"

/*
 * A perf event array with a buffer for each CPU. It counts what it loses.
 *
 * The kernel's perf_poll() clears the flag that it reports, so that of several
 * epoll descriptors one inside the other only the outermost sees it: hence
 * "always". What came before a loop begins to look would be lost in the same
 * way (adding a descriptor polls it); therefore we are readable at first.
 */

enum { DEFAULT_PAGES = 64 };

struct perf {
	struct perf_buffer *buffer;
	int first;  /* readable until the first dispatch, or -1 */
	int result; /* of the first record that was refused */
};

static void on_sample(void *ctx, int cpu, void *data, __u32 size)
{
	struct eu_source *s = ctx;
	struct perf *p = s->state;

	(void)cpu;
	if (!p->result)
		p->result = eu_source_record(s, NULL, data, size);
}

static void on_lost(void *ctx, int cpu, __u64 n)
{
	struct eu_source *s = ctx;

	(void)cpu;
	s->lost += n;
}

static int perf_open(struct eu_source *s, struct eu_error *err)
{
	size_t pages = s->program->pkg->perf_pages ?: DEFAULT_PAGES;
	struct perf *p = calloc(1, sizeof(*p));
	struct epoll_event ev = { .events = EPOLLIN };

	if (!p)
		return eu_error_oom(err);
	s->state = p;
	p->first = -1;
	s->lost_known = true;
	p->buffer = perf_buffer__new(s->map_fd, pages, on_sample, on_lost, s,
				     NULL);
	if (!p->buffer)
		return eu_error_set(err, -errno,
				    "cannot open perf buffer '%s': %s",
				    s->map->name, strerror(errno));
	p->first = eventfd(1, EFD_CLOEXEC);
	if (p->first < 0 || epoll_ctl(perf_buffer__epoll_fd(p->buffer),
				      EPOLL_CTL_ADD, p->first, &ev))
		return eu_error_set(err, -errno,
				    "cannot wait for perf buffer '%s': %s",
				    s->map->name, strerror(errno));
	return 0;
}

static int perf_fd(const struct eu_source *s)
{
	const struct perf *p = s->state;

	return perf_buffer__epoll_fd(p->buffer);
}

static int perf_dispatch(struct eu_source *s, struct eu_error *err)
{
	struct perf *p = s->state;
	int r;

	p->result = 0;
	eu_close(eu_take_fd(p->first));
	r = perf_buffer__consume(p->buffer);
	if (p->result)
		return p->result;
	if (r < 0)
		return eu_error_set(err, r, "cannot read perf buffer '%s': %s",
				    s->map->name, strerror(-r));
	return 0;
}

static void perf_close(struct eu_source *s)
{
	struct perf *p = s->state;

	if (!p)
		return;
	eu_close(p->first);
	perf_buffer__free(p->buffer);
	free(p);
}

const struct eu_source_ops eu_source_perf = {
	.name = "perf event",
	.always = true,
	.open = perf_open,
	.fd = perf_fd,
	.dispatch = perf_dispatch,
	.close = perf_close,
};
