/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "net/http.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/module.h"

enum {
	CONNECT_MS = 10000,
	STALL_MS = 30000,
	TRIES = 4,
	FIRST_PAUSE_MS = 200,
	LONGEST_PAUSE_MS = 30000,
	PROGRESS = 64 << 10 /* bytes that make up for a try */
};

static const size_t MAX_HEADERS = 64 << 10, MAX_TEXT = 64 << 10,
		    MAX_BODY = 4 << 20, MAX_AUTHORITIES = 16 << 20;

struct eu_net {
	const struct eu_net_functions *fn;
	void *net;
	uint32_t tries, total_ms;
	int (*follow)(void *ctx, const char *url, struct eu_error *err);
	void *follow_ctx;
};

bool eu_net_is_offline(void)
{
	const char *set = getenv("EUNOMIA_OFFLINE");

	return set && *set && strcmp(set, "0") != 0;
}

/* Where the library would say no more than that there is an error. */
static int check_authorities(const char *path, struct eu_error *err)
{
	static const char begin[] = "-----BEGIN ", end[] = "CERTIFICATE-----";
	eu_auto_free char *data = NULL;
	struct stat st;
	size_t len;
	int r;

	/* What can be read but once is the library's. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0;
	r = eu_file_read(path, MAX_AUTHORITIES, &data, &len, err);
	if (r)
		return r;
	if (memmem(data, len, begin, strlen(begin)) &&
	    memmem(data, len, end, strlen(end)))
		return 0;
	return eu_error_set(err, -EINVAL,
			    "'%s' has no certificate in PEM in it", path);
}

int eu_net_open(const struct eu_http_opts *o, struct eu_net **ret,
		struct eu_error *err)
{
	struct eu_net *n = calloc(1, sizeof(*n));
	struct eu_http_opts all = *o;
	const void *functions;
	struct eu_error own;
	int r;

	err = err ?: &own;
	if (eu_net_is_offline()) {
		free(n);
		return eu_error_set(
			err, -ENETUNREACH,
			"nobody is asked (--offline, or EUNOMIA_OFFLINE is set)");
	}
	if (!n)
		return eu_error_oom(err);
	all.connect_ms = o->connect_ms ?: CONNECT_MS;
	all.stall_ms = o->stall_ms ?: STALL_MS;
	n->tries = o->tries ?: TRIES;
	n->total_ms = o->total_ms;
	n->follow = o->follow;
	n->follow_ctx = o->follow_ctx;
	r = o->cacert ? check_authorities(o->cacert, err) : 0;
	r = r ?: eu_module_load("net", &functions, err);
	if (!r) {
		n->fn = functions;
		n->net = n->fn->open(&all);
		r = n->net ? 0 : eu_error_oom(err);
	}
	if (r) {
		free(n);
		return r;
	}
	*ret = n;
	return 0;
}

void eu_net_close(struct eu_net *n)
{
	if (!n)
		return;
	n->fn->close(n->net);
	free(n);
}

/* A new answer begins with "HTTP/". */
static int on_header(void *ctx, const char *line, size_t len)
{
	struct eu_http *h = ctx;

	if (len >= 5 && !memcmp(line, "HTTP/", 5))
		eu_buf_clear(&h->received);
	if (len && !memchr(line, 0, len)) {
		eu_buf_put(&h->received, line, len);
		eu_buf_putc(&h->received, '\0');
	}
	return h->received.error;
}

/* What others than 2xx say is for people: the beginning will do. */
static int keep_words(struct eu_http *h, const void *data, size_t len)
{
	eu_buf_put(&h->text, data, eu_min(len, MAX_TEXT - h->text.len));
	h->enough = h->text.len == MAX_TEXT;
	return h->text.error ?: h->enough;
}

/* Does this part begin where the last try ended? */
static int check_part(struct eu_http *h)
{
	const char *range = eu_http_header(h, "content-range");
	const bool bytes = range && !strncasecmp(range, "bytes ", 6);

	if (bytes && strtoull(range + 6, NULL, 10) == h->taken)
		return 0;
	return eu_error_set(&h->err, -EIO,
			    "'%s' gives another part than it was asked for",
			    h->url);
}

static int on_body(void *ctx, int status, const void *data, size_t len)
{
	struct eu_http *h = ctx;
	size_t n;

	if (status < 200 || status > 299)
		return keep_words(h, data, len);
	if (status == 206 && h->skip) {
		h->result = check_part(h);
		if (h->result)
			return h->result;
		h->skip = 0;
	}
	n = eu_min((uint64_t)len, h->skip);
	h->skip -= n;
	data = (const char *)data + n;
	len -= n;
	if (!len)
		return 0;
	if (len > h->max - h->taken)
		h->result = eu_error_set(&h->err, -E2BIG,
					 "'%s' sends more than %llu bytes",
					 h->url, (unsigned long long)h->max);
	else if (h->write)
		h->result = h->write(h->ctx, data, len, &h->err);
	else
		eu_buf_put(&h->text, data, len);
	h->taken += len;
	return h->result ?: h->text.error;
}

static int on_follow(void *ctx, const char *url)
{
	struct eu_http *h = ctx;

	eu_buf_puts(&h->led, url);
	eu_buf_putc(&h->led, '\0');
	if (h->net->follow)
		h->result = h->net->follow(h->net->follow_ctx, url, &h->err);
	return h->result ?: h->led.error;
}

static void begin(struct eu_net *n, struct eu_http *h)
{
	static const char *const none[] = { NULL };

	h->max = h->max ?: MAX_BODY;
	if (!h->write)
		h->taken = 0;
	h->skip = h->taken;
	h->enough = false;
	h->net = n;
	h->led.max = MAX_HEADERS;
	eu_buf_clear(&h->led);
	h->received.max = MAX_HEADERS;
	h->text.max = eu_max(h->max, (uint64_t)MAX_TEXT);
	h->transfer = (struct eu_transfer){
		.method = h->method,
		.url = h->url,
		.headers = h->headers ?: none,
		.body = h->body,
		.body_len = h->body_len,
		.from = h->whole ? 0 : h->taken,
		.header = on_header,
		.write = on_body,
		.follow = on_follow,
		.ctx = h,
	};
}

/* What to do about it. */
static const struct {
	int error;
	const char *hint;
} hints[] = {
	{ -EHOSTUNREACH, ": is the name right, and is there a network?" },
	{ -ECONNREFUSED, ": is it running, and is there a network?" },
	{ -ECONNRESET, ": try again later" },
	{ -ETIMEDOUT, ": try again later" },
};

/* What a callback has said is more to the point. */
static void take(struct eu_http *h)
{
	const struct eu_transfer *t = &h->transfer;
	const char *hint = "";

	h->status = t->status;
	/* All of it is there, in several parts. */
	if (h->status == 206 && t->from)
		h->status = 200;
	if (h->result || h->enough)
		return;
	for (size_t i = 0; i < EU_COUNT(hints); i++) {
		if (hints[i].error == t->error)
			hint = hints[i].hint;
	}
	if (h->received.error || h->text.error || h->led.error)
		h->result = eu_error_set(&h->err, -E2BIG,
					 "'%s' answers with too much", h->url);
	else if (t->error)
		h->result = eu_error_set(&h->err, t->error, "'%s': %s%s",
					 h->url, t->why, hint);
}

static void forget(struct eu_http *h)
{
	eu_buf_clear(&h->received);
	eu_buf_clear(&h->text);
	h->status = h->result = 0;
}

/* Is the same request worth another try? */
static bool again(struct eu_http *h)
{
	if (h->once)
		return false;
	if (h->result)
		return h->result == -ECONNRESET;
	/* There is no such part: what is missing is only its end. */
	if (h->status == 416 && h->taken && !h->whole) {
		h->whole = true;
		return true;
	}
	return h->status == 429 || h->status == 500 || h->status == 502 ||
	       h->status == 503 || h->status == 504;
}

static int64_t asked_for(const char *after)
{
	struct tm tm = { 0 };
	char *end;
	int64_t s = strtoll(after, &end, 10);

	if (end != after)
		return s;
	if (!strptime(after, "%a, %d %b %Y %H:%M:%S GMT", &tm))
		return -1;
	s = timegm(&tm) - time(NULL);
	return s < 0 ? 0 : s;
}

int eu_http_pause(const struct eu_http *h, unsigned int tries)
{
	const char *after = eu_http_header(h, "retry-after");
	int64_t s = after ? asked_for(after) : -1;
	int ms = FIRST_PAUSE_MS;

	if (s >= 0)
		return s <= LONGEST_PAUSE_MS / 1000 ? (int)s * 1000 : -1;
	if (h->result && !--tries)
		return 0;
	while (--tries && ms < LONGEST_PAUSE_MS)
		ms *= 3;
	return eu_min(ms, (int)LONGEST_PAUSE_MS);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

/* What is left of the limit of all tries; 0: there is none. */
static uint64_t left_ms(const struct eu_net *n, uint64_t begun)
{
	const uint64_t used = n->total_ms ? now_ms() - begun : 0;

	return used < n->total_ms ? n->total_ms - used : !!n->total_ms;
}

/* What came of a try. */
static void settle(struct eu_http *h)
{
	h->ended = true;
	take(h);
	if (h->write && h->taken - h->had >= PROGRESS) {
		h->had = h->taken;
		h->tries = 1;
	}
	h->pause = 0;
	h->more = h->tries < h->net->tries && again(h);
	if (h->more)
		h->pause = eu_http_pause(h, h->tries);
	if (h->pause < 0)
		h->more = false;
}

/* A 401 is for who knows what to answer. */
static bool has_failed(const struct eu_http *h)
{
	return h->ended && !h->more &&
	       (h->result || (h->status / 100 != 2 && h->status != 401));
}

static int on_done(void *ctx)
{
	struct eu_http *h = ctx;

	settle(h);
	return has_failed(h);
}

static void cancel(struct eu_http *h)
{
	h->more = false;
	h->result = eu_error_set(&h->err, -ECANCELED,
				 "'%s': another one has failed", h->url);
}

/* One try of each that is worth it; false: no other one is. */
static bool try_all(struct eu_net *n, struct eu_http *const *all, size_t count,
		    struct eu_transfer **transfers, uint64_t limit_ms)
{
	bool failed = false, more = false;
	size_t k = 0;

	for (size_t i = 0; i < count; i++) {
		if (!all[i]->more)
			continue;
		forget(all[i]);
		begin(n, all[i]);
		all[i]->tries++;
		all[i]->ended = false;
		all[i]->transfer.limit_ms = limit_ms;
		all[i]->transfer.done = on_done;
		transfers[k++] = &all[i]->transfer;
	}
	n->fn->run(n->net, transfers, k);
	for (size_t i = 0; i < count; i++)
		failed |= has_failed(all[i]);
	for (size_t i = 0; i < count; i++) {
		if (failed && (all[i]->more || !all[i]->ended))
			cancel(all[i]);
		else if (!all[i]->ended)
			settle(all[i]);
		more |= all[i]->more;
	}
	return more;
}

static int longest_pause(struct eu_http *const *all, size_t count)
{
	int pause = 0;

	for (size_t i = 0; i < count; i++) {
		if (all[i]->more)
			pause = eu_max(pause, all[i]->pause);
	}
	return pause;
}

/* What is said of all of them. */
static int first_error(struct eu_http *const *all, size_t count,
		       struct eu_error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (all[i]->result && all[i]->result != -ECANCELED)
			return eu_error_set(err, all[i]->result, "%s",
					    all[i]->err.text);
	}
	return 0;
}

int eu_http_run_all(struct eu_net *n, struct eu_http *const *all, size_t count,
		    struct eu_error *err)
{
	eu_auto_free struct eu_transfer **list = calloc(count, sizeof(*list));
	const uint64_t begun = n->total_ms ? now_ms() : 0;
	int pause;

	if (!list)
		return eu_error_oom(err);
	for (size_t i = 0; i < count; i++) {
		all[i]->tries = 0;
		all[i]->had = all[i]->taken;
		all[i]->more = true;
	}
	while (try_all(n, all, count, list, left_ms(n, begun))) {
		pause = longest_pause(all, count);
		if (n->total_ms && left_ms(n, begun) < (uint64_t)pause)
			break;
		poll(NULL, 0, pause);
	}
	return first_error(all, count, err);
}

int eu_http_run(struct eu_net *n, struct eu_http *h, struct eu_error *err)
{
	return eu_http_run_all(n, &h, 1, err);
}

void eu_http_done(struct eu_http *h)
{
	eu_buf_done(&h->received);
	eu_buf_done(&h->led);
	eu_buf_done(&h->text);
}

const char *eu_http_header(const struct eu_http *h, const char *name)
{
	return eu_http_header_after(h, name, NULL);
}

const char *eu_http_header_after(const struct eu_http *h, const char *name,
				 const char *value)
{
	const size_t n = strlen(name);
	const char *p = value ? value + strlen(value) + 1 : h->received.data;
	const char *end = h->received.data + h->received.len;

	for (; p < end; p += strlen(p) + 1) {
		if (!strncasecmp(p, name, n) && p[n] == ':') {
			p += n + 1;
			return p + strspn(p, " \t");
		}
	}
	return NULL;
}
