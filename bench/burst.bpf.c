/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "burst.h"
#include "event.h"

/* Events on demand, the same ones in every run. */

#ifndef KIB
#define KIB 256
#endif

#ifdef EIGHT
/* The same events by turns into eight rings. */
struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, KIB << 10);
} rb SEC(".maps"), rb1 SEC(".maps"), rb2 SEC(".maps"), rb3 SEC(".maps"),
	rb4 SEC(".maps"), rb5 SEC(".maps"), rb6 SEC(".maps"), rb7 SEC(".maps");

enum { RINGS = 8 };
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RINGS);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps") = { .values = { &rb, &rb1, &rb2, &rb3, &rb4, &rb5, &rb6,
				     &rb7 } };
#else
enum { RINGS = 1 };
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, KIB << 10);
} rb SEC(".maps");
#endif

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct burst_counts);
} counts SEC(".maps");

/* Names the type of rb's records. */
const struct event *unused_event __attribute__((unused));

const volatile int key = 0;

/*
 * Half are starts, which have a file, half are ends, which took time. What is
 * too wide for its column stands where printf does not come out of step, so
 * that one call of it can make the same rows.
 */
static const struct event samples[16] = {
	{ 0, 1, 0, 0, "sh", "/bin/sh", false },
	{ 0, 1, 0, 1893402, "sh", "", true },
	{ 0, 2915, 0, 0, "systemd-journal", "/lib/systemd/systemd-journald",
	  false },
	{ 0, 2915, 1, 48211930441, "sshd", "", true },
	{ 0, 30427, 0, 0, "cc1", "/usr/lib/gcc/x86_64-linux-gnu/12/cc1", false },
	{ 0, 30427, 0, 812004377, "cc1", "", true },
	{ 0, 118202, 0, 0, "sed", "/usr/bin/sed", false },
	{ 0, 118202, 0, 702113, "sed", "", true },
	{ 0, 984576, 0, 0, "git", "/usr/bin/git", false },
	{ 0, 984576, 128, 3022984, "git", "", true },
	{ 0, 2, 0, 0, "kworker/u8:2-ev",
	  "/usr/local/libexec/some-service/helpers/collect-statistics-once",
	  false },
	{ 0, 2, 255, 60000128934, "make", "", true },
	{ 0, 4021, 0, 0, "node", "/home/user/.local/bin/node", false },
	{ 0, 4021, 0, 991239945, "node", "", true },
	{ 0, 77, 0, 0, "run-parts", "/etc/cron.hourly/0anacron", false },
	{ 0, 77, 0, 5500, "runner", "", true },
};

struct burst {
	__u64 first;
	__u32 last;
	bool once;
	__u32 failed;
};

static long make_one(__u32 i, struct burst *b)
{
	__u64 flags = b->once ? BPF_RB_NO_WAKEUP : 0;
	__u64 n = b->first + i - b->failed;
	struct event *e;
#ifdef EIGHT
	__u32 turn = i % RINGS;
	void *ring = bpf_map_lookup_elem(&rings, &turn);

	e = ring ? bpf_ringbuf_reserve(ring, sizeof(*e), 0) : 0;
#else
	e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);
#endif
	if (!e) {
		b->failed++;
		return 0;
	}
	__builtin_memcpy(e, &samples[n & 15], sizeof(*e));
	e->pid = 1000 + n * 7919 % 900000;
	if (e->exit_event)
		e->duration_ns += n;
	if (b->once && i + RINGS > b->last)
		flags = BPF_RB_FORCE_WAKEUP;
	bpf_ringbuf_submit(e, flags);
	return 0;
}

struct enter {
	__u64 common;
	__u64 number;
	__u64 pid;
};

SEC("tracepoint/syscalls/sys_enter_getpgid")
int make(struct enter *ctx)
{
	__u32 ask = ctx->pid, zero = 0, n = ask & BURST_MAX;
	struct burst_counts *c;
	struct burst b = { 0 };

	if (!(ask & BURST_ASK) || ask >> 31 || !n ||
	    (ask >> BURST_KEY_SHIFT & BURST_KEY_MASK) != key)
		return 0;
	c = bpf_map_lookup_elem(&counts, &zero);
	if (!c)
		return 0;
	b.first = c->made;
	b.last = n - 1;
	b.once = ask & BURST_WAKE_ONCE;
	bpf_loop(n, make_one, &b, 0);
	c->made += n - b.failed;
	c->failed += b.failed;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
