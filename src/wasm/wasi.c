/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "wasm/host.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Functions of WASI preview 1 that are ours and not the engine's: sleeping,
 * which has to end when the guest is stopped, and exit, for which the engine
 * takes no status above 125.
 */

/* The layout of wasi_snapshot_preview1, little-endian. */
struct subscription {
	uint64_t userdata;
	uint8_t tag; /* CLOCK, FD_READ, FD_WRITE */
	uint8_t pad[7];
	uint32_t id; /* of the clock, or the descriptor */
	uint32_t pad2;
	uint64_t timeout, precision; /* nanoseconds */
	uint16_t flags;
	uint8_t pad3[6];
};

struct event {
	uint64_t userdata;
	uint16_t error;
	uint8_t type;
	uint8_t pad[5];
	uint64_t bytes;
	uint16_t flags;
	uint8_t pad2[6];
};

enum { CLOCK, FD_READ, FD_WRITE };
enum { REALTIME, MONOTONIC, ABSTIME = 1 };
enum { SUCCESS = 0, INVAL = 28, NOMEM = 48 };
enum { MAX_SUBSCRIPTIONS = 4096 };

static uint64_t now_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Nanoseconds from now on. */
static uint64_t left_of(const struct subscription *s)
{
	uint64_t t = le64toh(s->timeout), now;

	if (!(le16toh(s->flags) & ABSTIME))
		return t;
	now = now_ns(le32toh(s->id) == REALTIME ? CLOCK_REALTIME :
						  CLOCK_MONOTONIC);
	return t > now ? t - now : 0;
}

/*
 * What poll(2) is to wait for: the guest's standard descriptors. Its files are
 * ready at once.
 */
static void prepare(const struct eu_wasm *w, const struct subscription *s,
		    struct pollfd *to, uint64_t *left)
{
	const int fd = eu_host_file_standard(w, le32toh(s->id));

	*to = (struct pollfd){ .fd = -1 };
	if (s->tag == CLOCK) {
		*left = eu_min(*left, left_of(s));
	} else if (fd >= 0) {
		to->fd = fd;
		to->events = s->tag == FD_READ ? POLLIN : POLLOUT;
	} else {
		*left = 0;
	}
}

/* Has what @s waits for come? */
static bool is_due(const struct subscription *s, const struct pollfd *p,
		   uint64_t waited)
{
	if (s->tag == CLOCK)
		return left_of(s) <= (le16toh(s->flags) & ABSTIME ? 0 : waited);
	return p->fd < 0 || p->revents;
}

static int wait_all(struct eu_wasm *w, const struct subscription *subs,
		    struct event *events, uint32_t n, uint32_t *ret_n)
{
	struct pollfd *fds = calloc(n + 1, sizeof(*fds));
	uint64_t left = UINT64_MAX, start = now_ns(CLOCK_MONOTONIC), waited;
	struct timespec ts;
	uint32_t done = 0;
	int r;

	if (!fds)
		return NOMEM;
	for (uint32_t i = 0; i < n; i++)
		prepare(w, &subs[i], &fds[i], &left);
	fds[n] = (struct pollfd){ .fd = w->stop_fd, .events = POLLIN };
	ts.tv_sec = left / 1000000000;
	ts.tv_nsec = left % 1000000000;
	do
		r = ppoll(fds, n + 1, left == UINT64_MAX ? NULL : &ts, NULL);
	while (r < 0 && errno == EINTR);
	waited = now_ns(CLOCK_MONOTONIC) - start;
	/* What was waited for whole may be some nanoseconds early by the clock. */
	if (!r)
		waited = eu_max(waited, left);
	for (uint32_t i = 0; i < n; i++) {
		if (!is_due(&subs[i], &fds[i], waited))
			continue;
		events[done++] = (struct event){ .userdata = subs[i].userdata,
						 .type = subs[i].tag };
	}
	r = fds[n].revents ? -EINTR : SUCCESS;
	free(fds);
	*ret_n = done;
	return r;
}

static int poll_oneoff(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const uint32_t n = v[2];
	struct subscription *subs;
	struct event *events;
	uint32_t done = 0;
	char *in, *out, *count;
	int r;

	if (!n || n > MAX_SUBSCRIPTIONS) {
		v[0] = INVAL;
		return 0;
	}
	in = eu_host_bytes(w, v[0], n * sizeof(*subs));
	out = eu_host_bytes(w, v[1], n * sizeof(*events));
	count = eu_host_bytes(w, v[3], sizeof(done));
	if (!in || !out || !count)
		return eu_host_trap(err);
	subs = malloc(n * sizeof(*subs));
	events = calloc(n, sizeof(*events));
	r = NOMEM;
	if (subs && events) {
		memcpy(subs, in, n * sizeof(*subs));
		r = wait_all(w, subs, events, n, &done);
		memcpy(out, events, done * sizeof(*events));
		done = htole32(done);
		memcpy(count, &done, sizeof(done));
	}
	free(subs);
	free(events);
	if (r < 0)
		return eu_error_set(err, r, "stopped");
	v[0] = r;
	return 0;
}

/* Of the status the low eight bits, as of a process. */
static int proc_exit(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;

	w->exited = true;
	w->status = v[0] & 0xff;
	return eu_error_set(err, -ECANCELED, "it has ended");
}

static const struct eu_import rows[] = {
	{ EU_WASI, "poll_oneoff", "iiii:i", poll_oneoff },
	{ EU_WASI, "proc_exit", "i:", proc_exit },
};
const struct eu_host_calls eu_wasi_calls = { rows, EU_COUNT(rows) };
