/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Eight buffers of two kinds, a type for each, and a map that counts. */
#include "fire.h"

enum color { RED = 1, GREEN };

struct numbers {
	s8 tiny;
	s64 wide;
};
struct text {
	char text[8];
};
struct list {
	u16 list[3];
};
struct bits {
	u32 low:3, high:5;
};
struct colors {
	enum color color;
	bool on;
};
struct nested {
	struct {
		int x, y;
	} at;
};
struct choice {
	union {
		u32 whole;
		u8 parts[4];
	};
};
struct pair {
	u32 first, second;
};

struct numbers *unused_numbers __attribute__((unused));
struct text *unused_text __attribute__((unused));
struct list *unused_list __attribute__((unused));
struct bits *unused_bits __attribute__((unused));
struct colors *unused_colors __attribute__((unused));
struct nested *unused_nested __attribute__((unused));
struct choice *unused_choice __attribute__((unused));
struct pair *unused_pair __attribute__((unused));

#define PERF(name)                                           \
	struct {                                             \
		__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); \
		__uint(key_size, sizeof(int));               \
		__uint(value_size, sizeof(int));             \
	} name SEC(".maps")

RINGBUF(r0, 4096);
RINGBUF(r1, 4096);
RINGBUF(r2, 4096);
RINGBUF(r3, 4096);
PERF(p0);
PERF(p1);
PERF(p2);
PERF(p3);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u64);
} times SEC(".maps");

#define RING(map, ...) \
	bpf_ringbuf_output(&map, &(__VA_ARGS__), sizeof(__VA_ARGS__), 0)
#define EVENT(map, ...)                                                     \
	bpf_perf_event_output(ctx, &map, BPF_F_CURRENT_CPU, &(__VA_ARGS__), \
			      sizeof(__VA_ARGS__))

FIRE int on_kill(struct enter *ctx)
{
	u32 sig = ctx->args[1];
	struct numbers numbers;
	u64 one = 1, *n;

	if (!fired(ctx))
		return 0;
	__builtin_memset(&numbers, 0, sizeof(numbers));
	numbers.tiny = -1;
	numbers.wide = -(s64)sig;
	RING(r0, numbers);
	RING(r1, (struct text){ "eight" });
	RING(r2, (struct list){ { 1, 2, sig } });
	RING(r3, (struct bits){ .low = 5, .high = sig });
	EVENT(p0, (struct colors){ GREEN, true });
	EVENT(p1, (struct nested){ { sig, -2 } });
	EVENT(p2, (struct choice){ .whole = 0x01010101 });
	EVENT(p3, (struct pair){ sig, 7 });
	n = bpf_map_lookup_elem(&times, &sig);
	if (n)
		++*n;
	else
		bpf_map_update_elem(&times, &sig, &one, BPF_ANY);
	return 0;
}
