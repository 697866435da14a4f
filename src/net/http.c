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

bool eu_net_is_offline(void)
{
	const char *set = getenv("EUNOMIA_OFFLINE");

	return set && *set && strcmp(set, "0") != 0;
}

int eu_net_open(const struct eu_http_opts *o, struct eu_net **ret,
		struct eu_error *err)
{
	struct eu_net *n = calloc(1, sizeof(*n));
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

static void begin(struct eu_http *h)
{
	static const char *const none[] = { NULL };

	h->max = h->max ?: MAX_BODY;
	h->taken = 0;
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

int eu_http_run(struct eu_net *n, struct eu_http *h, struct eu_error *err)
{
	struct eu_transfer *t = &h->transfer;
	int grown = FIRST_WAIT_MS;

	for (int tries = 1;; tries++, grown *= 3) {
		begin(h);
		n->fn->run(n->net, &t, 1);
		take(h);
		if (tries == TRIES || !again(h))
			break;
		poll(NULL, 0, wait_ms(h, grown));
		forget(h);
	}
	return h->result ? eu_error_set(err, h->result, "%s", h->err.text) : 0;
}

void eu_http_done(struct eu_http *h)
{
	eu_buf_done(&h->received);
	eu_buf_done(&h->text);
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
