/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/module.h"

enum { TRIES = 3, FIRST_WAIT_MS = 200, LONGEST_WAIT_MS = 30000 };

static const size_t MAX_HEADERS = 64 << 10, MAX_TEXT = 64 << 10,
		    MAX_BODY = 4 << 20;

struct eu_net {
	const struct eu_net_functions *fn;
	void *net;
};

int eu_net_open(const struct eu_http_opts *o, struct eu_net **ret,
		struct eu_error *err)
{
	struct eu_net *n = calloc(1, sizeof(*n));
	const void *functions;
	struct eu_error own;
	int r;

	err = err ?: &own;
	if (!n)
		return eu_error_oom(err);
	r = eu_module_load("net", &functions, err);
	if (!r) {
		n->fn = functions;
		n->net = n->fn->open(o);
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

static int on_body(void *ctx, int status, const void *data, size_t len)
{
	struct eu_http *h = ctx;

	if (status < 200 || status > 299) {
		/* Words for people: the beginning will do. */
		if (h->text.len < MAX_TEXT)
			eu_buf_put(&h->text, data,
				   eu_min(len, MAX_TEXT - h->text.len));
		return h->text.error;
	}
	h->taken += len;
	if (h->taken > h->max)
		h->result = eu_error_set(&h->err, -E2BIG,
					 "'%s' sends more than %llu bytes",
					 h->url, (unsigned long long)h->max);
	else if (h->write)
		h->result = h->write(h->ctx, data, len, &h->err);
	else
		eu_buf_put(&h->text, data, len);
	return h->result ?: h->text.error;
}

static void on_progress(void *ctx, uint64_t now, uint64_t total)
{
	const struct eu_http *h = ctx;

	h->progress(h->ctx, now, total);
}

static void begin(struct eu_http *h)
{
	static const char *const none[] = { NULL };

	h->max = h->max ?: MAX_BODY;
	h->received.max = MAX_HEADERS;
	h->text.max = eu_max(h->max, (uint64_t)MAX_TEXT);
	h->transfer = (struct eu_transfer){
		.method = h->method,
		.url = h->url,
		.headers = h->headers ?: none,
		.body = h->body,
		.body_len = h->body_len,
		.header = on_header,
		.write = on_body,
		.progress = h->progress ? on_progress : NULL,
		.ctx = h,
	};
}

/* What a callback has said is more to the point. */
static void take(struct eu_http *h)
{
	const struct eu_transfer *t = &h->transfer;

	h->status = t->status;
	if (!h->result && (h->received.error || h->text.error))
		h->result = eu_error_set(&h->err, -E2BIG,
					 "'%s' answers with too much", h->url);
	else if (!h->result && t->error)
		h->result = eu_error_set(&h->err, t->error, "'%s': %s", h->url,
					 t->why);
}

static void forget(struct eu_http *h)
{
	eu_buf_clear(&h->received);
	eu_buf_clear(&h->text);
	free(h->transfer.at);
	h->transfer.at = NULL;
	h->status = h->result = 0;
}

/* Is the same request worth another try? What was written cannot come back. */
static bool again(const struct eu_http *h)
{
	if (h->result)
		return !h->write &&
		       (h->result == -ECONNRESET || h->result == -ECONNREFUSED);
	return h->status == 429 || h->status == 500 || h->status == 502 ||
	       h->status == 503 || h->status == 504;
}

/* How long the servers want to be left alone, or what has grown. */
static int wait_ms(const struct eu_http *h, int grown)
{
	const char *after = eu_http_header(h, "retry-after");
	unsigned long s = after ? strtoul(after, NULL, 10) : 0;

	return s ? (int)eu_min(s * 1000, (unsigned long)LONGEST_WAIT_MS) : grown;
}

/* One try of each; those that want another one stay in @due. */
static size_t try_all(struct eu_net *n, struct eu_http **due, size_t count,
		      struct eu_transfer **all, int grown, int *ret_wait)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		begin(due[i]);
		all[i] = &due[i]->transfer;
	}
	n->fn->run(n->net, all, count);
	for (size_t i = 0; i < count; i++) {
		take(due[i]);
		if (!again(due[i]))
			continue;
		*ret_wait = eu_max(*ret_wait, wait_ms(due[i], grown));
		due[left++] = due[i];
	}
	return left;
}

int eu_http_run_all(struct eu_net *n, struct eu_http *const *jobs, size_t count,
		    struct eu_error *err)
{
	eu_auto_free struct eu_http **due = calloc(count + 1, sizeof(*due));
	eu_auto_free struct eu_transfer **all = calloc(count + 1, sizeof(*all));
	int grown = FIRST_WAIT_MS;
	size_t left = count;

	if (!due || !all)
		return eu_error_oom(err);
	memcpy(due, jobs, count * sizeof(*due));
	for (int tries = 1;; tries++, grown *= 3) {
		int wait = 0;

		left = try_all(n, due, left, all, grown, &wait);
		if (!left || tries == TRIES)
			break;
		for (size_t i = 0; i < left; i++)
			forget(due[i]);
		poll(NULL, 0, wait);
	}
	for (size_t i = 0; i < count; i++) {
		if (jobs[i]->result)
			return eu_error_set(err, jobs[i]->result, "%s",
					    jobs[i]->err.text);
	}
	return 0;
}

int eu_http_run(struct eu_net *n, struct eu_http *job, struct eu_error *err)
{
	return eu_http_run_all(n, &job, 1, err);
}

void eu_http_done(struct eu_http *h)
{
	eu_buf_done(&h->received);
	eu_buf_done(&h->text);
	free(h->transfer.at);
	h->transfer.at = NULL;
}

const char *eu_http_header(const struct eu_http *h, const char *name)
{
	const size_t n = strlen(name);
	const char *p = h->received.data, *end = p + h->received.len;

	for (; p < end; p += strlen(p) + 1) {
		if (!strncasecmp(p, name, n) && p[n] == ':') {
			p += n + 1;
			return p + strspn(p, " \t");
		}
	}
	return NULL;
}
