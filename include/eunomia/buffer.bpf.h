/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef EUNOMIA_BUFFER_BPF_H
#define EUNOMIA_BUFFER_BPF_H

/*
 * For kernel code: events through a ring buffer where the kernel has one (Linux
 * 5.8), else through a perf buffer. libeunomia picks when it loads; loaded by
 * anything else it is a ring buffer. To be included behind <vmlinux.h> or
 * <linux/bpf.h>, and <bpf/bpf_helpers.h>.
 *
 *	EU_BUFFER(events, struct event, 256 * 1024);
 *
 *	struct event *e = eu_buffer_reserve(events);
 *	if (!e)
 *		return 0;
 *	...
 *	eu_buffer_submit(ctx, events, e);	// or eu_buffer_discard(events, e)
 *
 * What is reserved holds whatever was there before: set all of it. It has to be
 * submitted or discarded before the program ends, and one at a time: a perf
 * buffer has one place for each CPU to put an event together.
 */

/* libeunomia clears it where there are no ring buffers. */
const volatile _Bool __eunomia_has_ringbuf = 1;

#define EU_BUFFER(name, type_of_event, bytes)            \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_RINGBUF);      \
		__uint(max_entries, bytes);              \
	} name SEC(".maps");                             \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); \
		__uint(max_entries, 1);                  \
		__type(key, __u32);                      \
		__type(value, type_of_event);            \
	} name##_scratch SEC(".maps")

static __always_inline void *eu_buffer_reserve_(void *ring, void *scratch,
						__u64 size)
{
	__u32 zero = 0;

	if (__eunomia_has_ringbuf)
		return bpf_ringbuf_reserve(ring, size, 0);
	return bpf_map_lookup_elem(scratch, &zero);
}

static __always_inline long eu_buffer_submit_(void *ctx, void *ring, void *data,
					      __u64 size)
{
	if (!__eunomia_has_ringbuf)
		return bpf_perf_event_output(ctx, ring, BPF_F_CURRENT_CPU, data,
					     size);
	bpf_ringbuf_submit(data, 0);
	return 0;
}

/* Room for an event, or NULL when there is none. */
#define eu_buffer_reserve(name)                                \
	((__typeof__(name##_scratch.value))eu_buffer_reserve_( \
		&name, &name##_scratch, sizeof(*name##_scratch.value)))

/* Hands it to the reader. 0, or the error of bpf_perf_event_output(). */
#define eu_buffer_submit(ctx, name, event) \
	eu_buffer_submit_(ctx, &name, event, sizeof(*name##_scratch.value))

/* Forgets it. */
#define eu_buffer_discard(name, event)                 \
	do {                                           \
		if (__eunomia_has_ringbuf)             \
			bpf_ringbuf_discard(event, 0); \
	} while (0)

#endif
