/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#include "rt/source.h"

/*
 * A BPF ring buffer, read in place. The kernel maps a page with the consumer's
 * position, a page with the producer's, and the data twice in a row, so that
 * no record is split (Documentation/bpf/ringbuf.rst).
 *
 * It has no counter of what did not fit; how often it is seen nearly full is
 * the next best.
 */

enum {
	FENCE_EVERY = 32, /* records between looks at the other side */
	NEARLY_FULL = 90, /* percent */
};

struct ring {
	unsigned long *consumer;
	const unsigned long *producer;
	const char *data;
	size_t size; /* bytes, a power of two */
	size_t page;
};

static int ring_open(struct eu_source *s, struct eu_error *err)
{
	struct ring *r = calloc(1, sizeof(*r));
	void *p;

	if (!r)
		return eu_error_oom(err);
	s->state = r;
	r->page = sysconf(_SC_PAGESIZE);
	r->size = s->map->max_entries;
	p = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, s->map_fd, 0);
	if (p == MAP_FAILED)
		goto fail;
	r->consumer = p;
	p = mmap(NULL, r->page + 2 * r->size, PROT_READ, MAP_SHARED, s->map_fd,
		 r->page);
	if (p == MAP_FAILED)
		goto fail;
	r->producer = p;
	r->data = (const char *)p + r->page;
	return 0;
fail:
	return eu_error_set(err, -errno, "cannot map ring buffer '%s': %s",
			    s->map->name, strerror(errno));
}

static int ring_fd(const struct eu_source *s)
{
	return s->map_fd;
}

static int ring_dispatch(struct eu_source *s, struct eu_error *err)
{
	struct ring *r = s->state;
	unsigned long at = *r->consumer, first = at, end;
	size_t mask = r->size - 1;
	const uint32_t *header;
	unsigned int n = 0;
	uint32_t len;
	int ret = 0;

	(void)err;
	end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	if (at == end)
		return 0;
	if ((end - at) * 100 >= r->size * NEARLY_FULL)
		s->nearly_full++;
	/* One filling at a time: others want to be served as well. */
	while (!ret && at != end && at - first < r->size) {
		header = (const void *)(r->data + (at & mask));
		len = __atomic_load_n(header, __ATOMIC_ACQUIRE);
		if (len & BPF_RINGBUF_BUSY_BIT)
			break;
		at += (((len << 2) >> 2) + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
		if (!(len & BPF_RINGBUF_DISCARD_BIT))
			ret = eu_source_record(
				s, NULL,
				(const char *)header + BPF_RINGBUF_HDR_SZ, len);
		if (++n % FENCE_EVERY && at != end)
			continue;
		/*
		 * The kernel wakes us only if it finds the position at the
		 * record that it commits: the position must be seen before
		 * we look for more.
		 */
		__atomic_store_n(r->consumer, at, __ATOMIC_SEQ_CST);
		end = __atomic_load_n(r->producer, __ATOMIC_SEQ_CST);
	}
	__atomic_store_n(r->consumer, at, __ATOMIC_SEQ_CST);
	return ret;
}

static void ring_close(struct eu_source *s)
{
	struct ring *r = s->state;

	if (!r)
		return;
	if (r->consumer)
		munmap(r->consumer, r->page);
	if (r->producer)
		munmap((void *)r->producer, r->page + 2 * r->size);
	free(r);
}

const struct eu_source_ops eu_source_ring = {
	.name = "ring buffer",
	.always = true,
	.open = ring_open,
	.fd = ring_fd,
	.dispatch = ring_dispatch,
	.close = ring_close,
};
