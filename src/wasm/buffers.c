/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* Ring and perf buffers: records by callback, or many by one call. */

enum { PAGES = 64, MAX_RECORD = 1 << 30 };

/* What stands before each record of buffer_read. */
struct head {
	uint32_t here, whole;
};

struct eu_host_buffer {
	struct eu_wasm *w;
	struct ring_buffer *ring;
	struct perf_buffer *perf;
	bool busy;    /* its callback runs */
	bool stopped; /* before all was taken: there is more */
	uint64_t lost;
	/* A record that was taken and had no room. */
	struct eu_buf kept;
	bool has_kept;
	/* Hands on one record; what is not 0 ends the poll. */
	int (*take)(struct eu_host_buffer *b, const void *data, size_t size);
	/* Of the poll that goes on. */
	bool by_name; /* the callback is an export */
	bool found;   /* what stands in the table's entry @index: */
	struct eu_guest_function func;
	uint32_t index, ctx, data, room;
	int delivered;
	int32_t returned; /* by the callback */
	char *to;	  /* of a read: @room bytes of the guest's */
	uint32_t filled;
	int failed; /* ends the guest */
	struct eu_error *err;
};

void eu_host_buffer_free(struct eu_host_buffer *b)
{
	if (!b)
		return;
	ring_buffer__free(b->ring);
	perf_buffer__free(b->perf);
	eu_buf_done(&b->kept);
	free(b);
}

bool eu_host_buffer_busy(const struct eu_host_buffer *b)
{
	return b && b->busy;
}

/*
 * The entry is looked up once for all records of a poll. One that a callback
 * sets is seen by the next poll.
 */
static int call_entry(struct eu_host_buffer *b, const uint32_t args[3])
{
	const struct eu_wasm *w = b->w;

	if (!b->found && w->engine_fns->find(w->guest, b->index, &b->func))
		return -ENOENT;
	b->found = true;
	return w->engine_fns->call(w->guest, &b->func, args, &b->returned,
				   b->err);
}

/* To the guest's callback. */
static int deliver(struct eu_host_buffer *b, const void *data, size_t size)
{
	struct eu_wasm *w = b->w;
	const uint32_t n = eu_min(size, (size_t)b->room);
	const uint32_t args[3] = { b->ctx, b->data, n };
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
			    call_entry(b, args);
	if (b->failed == -ENOENT && b->by_name)
		eu_error_set(b->err, -EFAULT,
			     "it exports no callback '%s': -c names another",
			     w->callback);
	else if (b->failed == -ENOENT)
		eu_error_set(b->err, -EFAULT, "undefined element");
	if (b->failed)
		return -ECANCELED;
	b->delivered++;
	return b->returned < 0 && !b->by_name ? -ECANCELED : 0;
}

/* For the next call. */
static int keep(struct eu_host_buffer *b, const void *data, size_t size)
{
	eu_buf_clear(&b->kept);
	eu_buf_put(&b->kept, data, size);
	b->has_kept = !b->kept.error;
	return b->has_kept ? -ECANCELED : b->kept.error;
}

/* Behind those that the guest's memory has already; the first may be cut. */
static int collect(struct eu_host_buffer *b, const void *data, size_t size)
{
	const uint32_t left = b->room - b->filled;
	struct head h = { .here = size, .whole = size };
	const size_t room = left > sizeof(h) ? (left - sizeof(h)) / 8 * 8 : 0;
	uint32_t padded;
	char *to = b->to + b->filled;

	if (size > room && b->filled)
		return keep(b, data, size);
	h.here = eu_min(size, room);
	padded = (h.here + 7) / 8 * 8;
	memcpy(to, &h, sizeof(h));
	memcpy(to + sizeof(h), data, h.here);
	memset(to + sizeof(h) + h.here, 0, padded - h.here);
	b->filled += sizeof(h) + padded;
	b->delivered++;
	return 0;
}

static int on_ring(void *ctx, void *data, size_t size)
{
	struct eu_host_buffer *b = ctx;

	return b->take(b, data, size);
}

static enum bpf_perf_event_ret on_perf(void *ctx, int cpu,
				       struct perf_event_header *h)
{
	struct eu_host_buffer *b = ctx;
	const struct {
		struct perf_event_header h;
		uint32_t size;
		char data[];
	} *sample = (void *)h;
	const struct {
		struct perf_event_header h;
		uint64_t id, lost;
	} *lost = (void *)h;

	(void)cpu;
	if (h->type == PERF_RECORD_LOST)
		b->lost += lost->lost;
	if (h->type != PERF_RECORD_SAMPLE)
		return LIBBPF_PERF_EVENT_CONT;
	return b->take(b, sample->data, sample->size) ? LIBBPF_PERF_EVENT_ERROR :
							LIBBPF_PERF_EVENT_CONT;
}

static int buffer_new(struct eu_wasm *w, struct eu_host_map *m)
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
	struct eu_log *log = &eu_host_object(w, m->handle)->p->log;
	int r = 0;

	if (!b)
		return -ENOMEM;
	b->w = w;
	eu_buf_init(&b->kept, MAX_RECORD);
	eu_log_enter(log);
	if (m->type == BPF_MAP_TYPE_RINGBUF)
		b->ring = ring_buffer__new(m->fd, on_ring, b, NULL);
	else
		b->perf = perf_buffer__new_raw(m->fd, PAGES, &attr, on_perf, b,
					       NULL);
	if (!b->ring && !b->perf)
		r = -errno;
	eu_log_leave();
	if (r)
		eu_host_buffer_free(b);
	else
		m->buffer = b;
	return r;
}

/* Until there are records or the time is over; 1: the guest is to stop. */
static int wait_for(struct eu_host_buffer *b, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = b->ring ? ring_buffer__epoll_fd(b->ring) :
				  perf_buffer__epoll_fd(b->perf),
		  .events = POLLIN },
		{ .fd = b->w->stop_fd, .events = POLLIN },
	};
	/* A perf buffer does not say twice that there are records. */
	int r = poll(fds, EU_COUNT(fds), b->stopped ? 0 : timeout);

	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	if (!fds[1].revents)
		return 0;
	b->failed = eu_error_set(b->err, -EINTR, "stopped");
	return 1;
}

/* Processor by processor: libbpf's own call for all prints how one ended. */
static int consume_perf(struct eu_host_buffer *b)
{
	const size_t n = perf_buffer__buffer_cnt(b->perf);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = perf_buffer__consume_buffer(b->perf, i);
	return r;
}

/* All records that are there, unless @b->take ends it. */
static int consume(struct eu_host_buffer *b)
{
	int r = 0;

	b->busy = true;
	b->stopped = false;
	if (b->has_kept) {
		b->has_kept = false;
		r = b->take(b, b->kept.data, b->kept.len);
	}
	if (!r)
		r = b->ring ? ring_buffer__consume(b->ring) : consume_perf(b);
	b->busy = false;
	b->stopped = r < 0;
	return r;
}

/*
 * The buffer of the object's map, opened at its first poll, with what @how says
 * of this one; negative if there is none or it is in use.
 */
static int begin(struct eu_wasm *w, uint64_t handle, uint32_t fd,
		 const struct eu_host_buffer *how, struct eu_host_buffer **ret)
{
	struct eu_host_map *m = eu_host_map(w, fd);
	struct eu_host_buffer *b;
	int r = 0;

	if (!eu_host_object(w, handle) || !m || m->handle != handle)
		r = -EINVAL;
	else if (m->type != BPF_MAP_TYPE_RINGBUF &&
		 m->type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		r = -ENOMEM; /* so it has always been */
	else if (!m->buffer)
		r = buffer_new(w, m);
	if (r)
		return r;
	b = m->buffer;
	if (b->busy)
		return -EBUSY;
	b->take = how->take;
	b->by_name = how->by_name;
	b->index = how->index;
	b->found = false;
	b->ctx = how->ctx;
	b->data = how->data;
	b->room = how->room;
	b->to = how->to;
	b->err = how->err;
	b->filled = b->delivered = b->returned = b->failed = 0;
	*ret = b;
	return 0;
}

static int poll_map(struct eu_wasm *w, const struct eu_host_buffer *how,
		    int timeout, uint64_t *v)
{
	struct eu_host_buffer *b;
	int r;

	if (!eu_host_bytes(w, how->data, how->room))
		return eu_host_trap(how->err);
	r = begin(w, v[0], v[1], how, &b) ?: wait_for(b, timeout);
	if (r > 0)
		return b->failed;
	if (r) {
		v[0] = eu_host_answer(w, r);
		return 0;
	}
	r = consume(b);
	if (b->returned < 0 && !b->by_name)
		v[0] = b->returned;
	else if (b->delivered || r == -ECANCELED)
		v[0] = b->delivered;
	else
		v[0] = eu_host_answer(w, eu_min(r, 0));
	return b->failed == -ENOENT ? -EFAULT : b->failed;
}

static int buffer_poll(void *ctx, uint64_t *v, struct eu_error *err)
{
	const struct eu_host_buffer how = { .take = deliver,
					    .index = v[2],
					    .ctx = v[3],
					    .data = v[4],
					    .room = v[5],
					    .err = err };

	return poll_map(ctx, &how, (int32_t)v[6], v);
}

/* Of guests that cannot say which entry of their table a function is. */
static int wrapped_poll(void *ctx, uint64_t *v, struct eu_error *err)
{
	const struct eu_host_buffer how = { .take = deliver,
					    .by_name = true,
					    .ctx = v[2],
					    .data = v[3],
					    .room = v[4],
					    .err = err };

	return poll_map(ctx, &how, (int32_t)v[5], v);
}

static int buffer_read(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const struct eu_host_buffer how = { .take = collect,
					    .room = eu_min((uint32_t)v[3],
							   (uint32_t)INT32_MAX),
					    .to = eu_host_bytes(w, v[2], v[3]),
					    .err = err };
	struct eu_host_buffer *b;
	int r;

	if (!how.to)
		return eu_host_trap(err);
	r = how.room < sizeof(struct head) ? -EINVAL :
					     begin(w, v[0], v[1], &how, &b);
	if (!r)
		r = wait_for(b, (int32_t)v[4]);
	if (r > 0)
		return b->failed;
	if (!r) {
		r = consume(b);
		r = b->filled || r == -ECANCELED ? (int)b->filled : eu_min(r, 0);
	}
	v[0] = eu_host_answer(w, r);
	return 0;
}

static int buffer_lost(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const struct eu_host_map *m = eu_host_map(w, v[0]);

	(void)err;
	if (!m)
		v[0] = eu_host_answer(w, -EBADF);
	else if (m->type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		v[0] = eu_host_answer(w, -EOPNOTSUPP);
	else
		v[0] = m->buffer ? m->buffer->lost : 0;
	return 0;
}

static const struct eu_import rows[] = {
	{ EU_WASM_BPF, "wasm_bpf_buffer_poll", "Iiiiiii:i", buffer_poll },
	{ NULL, "wasm_bpf_buffer_poll", "Iiiiii:i", wrapped_poll },
	{ EU_EUNOMIA, "buffer_read", "Iiiii:i", buffer_read },
	{ EU_EUNOMIA, "buffer_lost", "i:I", buffer_lost },
};
const struct eu_host_calls eu_host_buffers = { rows, EU_COUNT(rows) };
