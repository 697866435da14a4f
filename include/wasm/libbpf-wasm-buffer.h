/* SPDX-License-Identifier: MIT */
#ifndef LIBBPF_WASM_BUFFER_H
#define LIBBPF_WASM_BUFFER_H

/*
 * Ring buffers and perf event arrays by libbpf's names. Callbacks are called by
 * the host itself, for each record.
 */

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a record that a callback gets at most; longer ones are cut. */
#ifndef WASM_BPF_RING_RECORD_MAX
#define WASM_BPF_RING_RECORD_MAX 65536
#endif

/* The object whose map has the descriptor; 0: none, or no map of that type. */
WASM_BPF_API uint64_t wasm_bpf_owner(int fd, uint32_t type)
{
	for (struct bpf_object *o = wasm_bpf_guest.objects; o; o = o->next) {
		for (int i = 0; i < o->map_cnt && o->loaded; i++) {
			const struct bpf_map *m = o->maps[i];

			if (bpf_map__fd(m) != fd)
				continue;
			return !m->facts.type || m->facts.type == type ?
				       o->handle :
				       0;
		}
	}
	return 0;
}

typedef int (*ring_buffer_sample_fn)(void *ctx, void *data, size_t size);

struct ring_buffer_opts {
	size_t sz;
};

struct wasm_bpf_ring {
	uint64_t handle;
	int fd;
	ring_buffer_sample_fn sample_cb;
	void *ctx;
};

struct ring_buffer {
	struct wasm_bpf_ring *rings;
	int n;
	int next; /* where the next poll begins */
	char *record;
};

/* Accepts NULL. */
WASM_BPF_API void ring_buffer__free(struct ring_buffer *rb)
{
	if (!rb)
		return;
	free(rb->rings);
	free(rb->record);
	free(rb);
}

/* One more map; 0, or a negative error. */
WASM_BPF_API int ring_buffer__add(struct ring_buffer *rb, int map_fd,
				  ring_buffer_sample_fn sample_cb, void *ctx)
{
	uint64_t handle = wasm_bpf_owner(map_fd, BPF_MAP_TYPE_RINGBUF);
	struct wasm_bpf_ring *rings;

	if (!handle || !sample_cb)
		return wasm_bpf_result(-22);
	rings = (struct wasm_bpf_ring *)realloc(rb->rings,
						(rb->n + 1) * sizeof(*rings));
	if (!rings)
		return wasm_bpf_result(-12);
	rb->rings = rings;
	rings[rb->n].handle = handle;
	rings[rb->n].fd = map_fd;
	rings[rb->n].sample_cb = sample_cb;
	rings[rb->n++].ctx = ctx;
	return 0;
}

WASM_BPF_API struct ring_buffer *ring_buffer__new(
	int map_fd, ring_buffer_sample_fn sample_cb, void *ctx,
	const struct ring_buffer_opts *opts)
{
	struct ring_buffer *rb = (struct ring_buffer *)calloc(1, sizeof(*rb));
	int r = -12;

	(void)opts;
	if (rb)
		rb->record = (char *)malloc(WASM_BPF_RING_RECORD_MAX);
	if (rb && rb->record)
		r = ring_buffer__add(rb, map_fd, sample_cb, ctx);
	if (!r)
		return rb;
	ring_buffer__free(rb);
	return (struct ring_buffer *)wasm_bpf_null(r);
}

WASM_BPF_API int wasm_bpf_poll_ring(struct ring_buffer *rb, int i, int timeout_ms)
{
	const struct wasm_bpf_ring *r = &rb->rings[i];

	return wasm_bpf_errno(wasm_bpf_buffer_poll(
		r->handle, r->fd, (int32_t)(uintptr_t)r->sample_cb,
		(uint32_t)(uintptr_t)r->ctx, rb->record,
		WASM_BPF_RING_RECORD_MAX, timeout_ms));
}

/* What is there of all, without waiting: how many, or a negative error. */
WASM_BPF_API int ring_buffer__consume(struct ring_buffer *rb)
{
	int n = 0, r;

	for (int i = 0; i < rb->n; i++) {
		r = wasm_bpf_poll_ring(rb, i, 0);
		if (r < 0)
			return r;
		n += r;
	}
	return n;
}

/*
 * What is there, or comes within @timeout_ms (-1: for ever); how many, or a
 * negative error. The host waits for one map: of several each is waited for in
 * turn, ten milliseconds at most.
 */
WASM_BPF_API int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms)
{
	const int most = 10;
	int left = timeout_ms, slice, r;

	if (rb->n == 1)
		return wasm_bpf_poll_ring(rb, 0, timeout_ms);
	r = ring_buffer__consume(rb);
	while (!r && left) {
		slice = left < 0 || left > most ? most : left;
		rb->next = (rb->next + 1) % rb->n;
		r = wasm_bpf_poll_ring(rb, rb->next, slice);
		if (left > 0)
			left -= slice;
		if (!r)
			r = ring_buffer__consume(rb);
	}
	return r;
}

/* There is none: a guest waits in ring_buffer__poll() only. */
WASM_BPF_API int ring_buffer__epoll_fd(const struct ring_buffer *rb)
{
	(void)rb;
	return wasm_bpf_errno(-95);
}

/* ---- perf event arrays */

typedef void (*perf_buffer_sample_fn)(void *ctx, int cpu, void *data,
				      uint32_t size);
typedef void (*perf_buffer_lost_fn)(void *ctx, int cpu, uint64_t count);

struct perf_buffer_opts {
	size_t sz;
};

struct perf_buffer {
	uint64_t handle;
	int fd;
	perf_buffer_sample_fn sample_cb;
	perf_buffer_lost_fn lost_cb;
	void *ctx;
	int64_t lost; /* that the callback was told of */
	/* NULL without a callback, and then nothing is imported for it. */
	int64_t (*count_lost)(int fd);
	char *record;
};

WASM_BPF_API int wasm_bpf_perf_sample(void *ctx, void *data, size_t size)
{
	struct perf_buffer *pb = (struct perf_buffer *)ctx;

	if (pb->sample_cb)
		pb->sample_cb(pb->ctx, 0, data, (uint32_t)size);
	return 0;
}

/* Accepts NULL. */
WASM_BPF_API void perf_buffer__free(struct perf_buffer *pb)
{
	if (pb)
		free(pb->record);
	free(pb);
}

WASM_BPF_API int wasm_bpf_poll_perf(struct perf_buffer *pb, int timeout_ms)
{
	return wasm_bpf_errno(wasm_bpf_buffer_poll(
		pb->handle, pb->fd, (int32_t)(uintptr_t)wasm_bpf_perf_sample,
		(uint32_t)(uintptr_t)pb, pb->record, WASM_BPF_RING_RECORD_MAX,
		timeout_ms));
}

/*
 * Callbacks are told CPU 0, as the interface does not say which it was. The
 * host has 64 pages for each CPU, whatever @pages says.
 */
WASM_BPF_API struct perf_buffer *perf_buffer__new(
	int map_fd, size_t pages, perf_buffer_sample_fn sample_cb,
	perf_buffer_lost_fn lost_cb, void *ctx,
	const struct perf_buffer_opts *opts)
{
	struct perf_buffer *pb = (struct perf_buffer *)calloc(1, sizeof(*pb));
	int r;

	(void)pages;
	(void)opts;
	if (pb)
		pb->record = (char *)malloc(WASM_BPF_RING_RECORD_MAX);
	if (!pb || !pb->record) {
		perf_buffer__free(pb);
		return (struct perf_buffer *)wasm_bpf_null(-12);
	}
	pb->handle = wasm_bpf_owner(map_fd, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	pb->fd = map_fd;
	pb->sample_cb = sample_cb;
	pb->lost_cb = lost_cb;
	pb->count_lost = lost_cb ? eunomia_buffer_lost : NULL;
	pb->ctx = ctx;
	/* The kernel has room for records from the first poll on. */
	r = pb->handle ? wasm_bpf_poll_perf(pb, 0) : -22;
	if (r >= 0)
		return pb;
	perf_buffer__free(pb);
	return (struct perf_buffer *)wasm_bpf_null(r);
}

WASM_BPF_API int perf_buffer__poll(struct perf_buffer *pb, int timeout_ms)
{
	int r = wasm_bpf_poll_perf(pb, timeout_ms);
	int64_t lost = pb->count_lost ? pb->count_lost(pb->fd) : 0;

	if (lost > pb->lost) {
		pb->lost_cb(pb->ctx, 0, (uint64_t)(lost - pb->lost));
		pb->lost = lost;
	}
	return r;
}

WASM_BPF_API int perf_buffer__consume(struct perf_buffer *pb)
{
	int r = perf_buffer__poll(pb, 0);

	return r < 0 ? r : 0;
}

/* ---- records without callbacks */

/* As bpf_buffer__read() puts them, one behind the other. */
struct bpf_record {
	uint32_t size;	/* of @data */
	uint32_t whole; /* that it had in the kernel */
	char data[];
};

/*
 * As many records as fit, after waiting for the first. How many bytes of @to
 * they take, 0 when the time is over, or a negative error.
 */
WASM_BPF_API int bpf_buffer__read(const struct bpf_buffer *b, void *to,
				  size_t size, int timeout_ms)
{
	return wasm_bpf_result(eunomia_buffer_read(b->events->obj_ptr, b->fd, to,
						   (uint32_t)size, timeout_ms));
}

/* for (r = first; (char *)r < (char *)first + bytes; r = bpf_record__next(r)) */
WASM_BPF_API struct bpf_record *bpf_record__next(const struct bpf_record *r)
{
	return (struct bpf_record *)((char *)r + sizeof(*r) +
				     (r->size + 7) / 8 * 8);
}

#ifdef __cplusplus
}
#endif

#endif
