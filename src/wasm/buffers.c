/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* Ring and perf buffers. */

enum { PAGES = 64 };

struct eu_host_buffer {
	struct eu_wasm *w;
	struct ring_buffer *ring;
	struct perf_buffer *perf;
	bool busy; /* its callback runs */
	/* Of the poll that goes on. */
	bool by_name; /* the callback is an export */
	uint32_t func, ctx, data, room;
	int delivered;
	int32_t returned; /* by the callback */
	int failed;
	struct eu_error *err;
};

void eu_host_buffer_free(struct eu_host_buffer *b)
{
	if (!b)
		return;
	ring_buffer__free(b->ring);
	perf_buffer__free(b->perf);
	free(b);
}

bool eu_host_buffer_busy(const struct eu_host_buffer *b)
{
	return b && b->busy;
}

/* Hands one record to the guest; what is not 0 ends the poll. */
static int deliver(struct eu_host_buffer *b, const void *data, size_t size)
{
	struct eu_wasm *w = b->w;
	const uint32_t n = eu_min(size, (size_t)b->room);
	const uint32_t args[3] = { b->ctx, b->data, n };
	/* The last callback may have made the memory larger. */
	void *to = eu_host_bytes(w, b->data, b->room);

	if (!to) {
		b->failed = eu_host_trap(b->err);
		return -ECANCELED;
	}
	memcpy(to, data, n);
	b->failed = b->by_name ?
			    w->engine_fns->call_export(w->guest, w->callback,
						       args, &b->returned,
						       b->err) :
			    w->engine_fns->call(w->guest, b->func, args,
						&b->returned, b->err);
	if (b->failed == -ENOENT)
		eu_error_set(b->err, -EFAULT,
			     b->by_name ? "there is no callback of this name" :
					  "undefined element");
	if (b->failed)
		return -ECANCELED;
	b->delivered++;
	return b->returned < 0 && !b->by_name ? -ECANCELED : 0;
}

static int on_ring(void *ctx, void *data, size_t size)
{
	return deliver(ctx, data, size);
}

static enum bpf_perf_event_ret on_perf(void *ctx, int cpu,
				       struct perf_event_header *h)
{
	const struct {
		struct perf_event_header h;
		uint32_t size;
		char data[];
	} *sample = (void *)h;

	(void)cpu;
	if (h->type != PERF_RECORD_SAMPLE)
		return LIBBPF_PERF_EVENT_CONT;
	return deliver(ctx, sample->data, sample->size) ?
		       LIBBPF_PERF_EVENT_ERROR :
		       LIBBPF_PERF_EVENT_CONT;
}

static int poller_new(struct eu_wasm *w, struct eu_host_map *m)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = 1,
	};
	struct eu_host_buffer *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->w = w;
	if (m->type == BPF_MAP_TYPE_RINGBUF)
		b->ring = ring_buffer__new(m->fd, on_ring, b, NULL);
	else
		b->perf = perf_buffer__new_raw(m->fd, PAGES, &attr, on_perf, b,
					       NULL);
	if (!b->ring && !b->perf) {
		free(b);
		return -errno;
	}
	m->buffer = b;
	return 0;
}

/* Until there are records, the time is over, or the guest is to stop. */
static int wait_for(struct eu_host_buffer *b, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = b->ring ? ring_buffer__epoll_fd(b->ring) :
				  perf_buffer__epoll_fd(b->perf),
		  .events = POLLIN },
		{ .fd = b->w->stop_fd, .events = POLLIN },
	};
	int r = poll(fds, EU_COUNT(fds), timeout);

	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	return fds[1].revents ? -EINTR : 0;
}

/* A negative number for the guest, or @b->failed. */
static int poll_once(struct eu_host_buffer *b, int timeout)
{
	int r = wait_for(b, timeout);

	if (r == -EINTR) {
		b->failed = eu_error_set(b->err, -EINTR, "stopped");
		return 0;
	}
	if (r)
		return r;
	b->busy = true;
	r = b->ring ? ring_buffer__consume(b->ring) :
		      perf_buffer__consume(b->perf);
	b->busy = false;
	if (b->returned < 0 && !b->by_name)
		return b->returned;
	return b->delivered || r == -ECANCELED ? b->delivered : eu_min(r, 0);
}

static int poll_map(struct eu_wasm *w, uint64_t handle, uint32_t fd,
		    const struct eu_host_buffer *how, int timeout, uint64_t *v)
{
	struct eu_host_map *m = eu_host_map(w, fd);
	struct eu_host_buffer *b;
	int r = 0;

	if (!eu_host_object(w, handle) || !m || m->handle != handle)
		r = -EINVAL;
	else if (m->type != BPF_MAP_TYPE_RINGBUF &&
		 m->type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		r = -ENOMEM; /* so it has always been */
	else if (!eu_host_bytes(w, how->data, how->room))
		return eu_host_trap(how->err);
	if (!r && !m->buffer)
		r = poller_new(w, m);
	b = m ? m->buffer : NULL;
	if (!r && b->busy)
		r = -EBUSY;
	if (r) {
		v[0] = r;
		return 0;
	}
	b->by_name = how->by_name;
	b->func = how->func;
	b->ctx = how->ctx;
	b->data = how->data;
	b->room = how->room;
	b->err = how->err;
	b->delivered = b->returned = b->failed = 0;
	r = poll_once(b, timeout);
	v[0] = r;
	return b->failed == -ENOENT ? -EFAULT : b->failed;
}

static int buffer_poll(void *ctx, uint64_t *v, struct eu_error *err)
{
	const struct eu_host_buffer how = {
		.func = v[2], .ctx = v[3], .data = v[4], .room = v[5], .err = err
	};

	return poll_map(ctx, v[0], v[1], &how, (int32_t)v[6], v);
}

/* Of guests that cannot say which entry of their table a function is. */
static int wrapped_poll(void *ctx, uint64_t *v, struct eu_error *err)
{
	const struct eu_host_buffer how = {
		.by_name = true, .ctx = v[2], .data = v[3], .room = v[4], .err = err
	};

	return poll_map(ctx, v[0], v[1], &how, (int32_t)v[5], v);
}

static const struct eu_import rows[] = {
	{ EU_WASM_BPF, "wasm_bpf_buffer_poll", "Iiiiiii:i", buffer_poll },
	{ NULL, "wasm_bpf_buffer_poll", "Iiiiii:i", wrapped_poll },
};
const struct eu_host_calls eu_host_buffers = { rows, EU_COUNT(rows) };
