/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/registry.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "oci/challenge.h"
#include "oci/token.h"

enum {
	CHUNK = 8 << 20, /* bytes; what is no larger goes at once */
	DEFAULT_TRIES = 4,
	AGAIN = 1, /* beside 0 and negative results: another try is worth it */
};

/* A blob on its way. */
struct upload {
	struct eu_registry *to;
	const struct eu_descriptor *d;
	const char *data;
	const char *from;  /* a repository that may have it, or NULL */
	struct eu_buf url; /* where it goes on; empty: not begun */
	uint64_t at, most; /* so much is there, or was */
	uint64_t chunk;
	unsigned int tries; /* since more than ever was there */
	bool resumed;
	int pause, code; /* of what is tried again */
};

static int has_blob(struct eu_registry *g, const char *digest, bool *ret,
		    struct eu_error *err)
{
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);
	const char *headers[] = { NULL, NULL };
	struct eu_http h = { .method = "HEAD" };
	int r;

	h.url = eu_request_url(g, &url, "blobs", digest);
	r = eu_request_run(g, &h, headers, 0, err);
	if (!r && h.status != 200 && h.status != 404)
		r = eu_request_refused(
			g, &h, "does not say whether it has a blob of", err);
	if (!r)
		*ret = h.status == 200;
	eu_http_done(&h);
	return r;
}

/* Where it goes on is said anew each time, perhaps without scheme and host. */
static int take_location(struct upload *u, const struct eu_http *h,
			 struct eu_error *err)
{
	const char *at = eu_http_header(h, "location");

	if (!at && u->url.len)
		return 0;
	if (!at)
		return eu_error_set(err, -EIO, "'%s' says not where to upload",
				    u->to->ref.host);
	eu_buf_clear(&u->url);
	if (*at == '/')
		eu_request_host(u->to, &u->url);
	else if (strncasecmp(at, "https://", 8) != 0 &&
		 (!strcmp(u->to->scheme, "https") ||
		  strncasecmp(at, "http://", 7) != 0))
		return eu_error_set(
			err, -EPROTO,
			"'%s' wants an upload where there is no TLS, or no HTTP",
			u->to->ref.host);
	eu_buf_puts(&u->url, at);
	return eu_buf_str(&u->url) ?
		       0 :
		       eu_challenge_no_url(&u->to->ref, &u->url, err);
}

/* "0-N": how much it has. Of one byte and of none registries say the same. */
static void take_range(struct upload *u, const struct eu_http *h, uint64_t other)
{
	const char *range = eu_http_header(h, "range");
	const char *dash = range ? strchr(range, '-') : NULL;
	uint64_t end = dash ? strtoull(dash + 1, NULL, 10) : 0;
	uint64_t at = dash ? end ? end + 1 : 0 : other;

	at = eu_min(at, u->d->size);
	u->at = at;
	if (at <= u->most)
		return;
	u->most = at;
	u->tries = 0;
}

static int later(struct upload *u, const struct eu_http *h, int code)
{
	u->code = code;
	u->pause = eu_http_pause(h, u->tries + 1);
	return u->pause < 0 ? code : AGAIN;
}

/*
 * A request that must not be repeated as it is: some of its body may have got
 * there. @good is the status hoped for.
 */
static int send_body(struct upload *u, struct eu_http *h, const char **headers,
		     size_t n, int good, struct eu_error *err)
{
	int r;

	h->once = true;
	r = eu_request_run(u->to, h, headers, n, err);
	if (r)
		return r == -ECONNRESET ? later(u, h, r) : r;
	if (h->status == good)
		return 0;
	r = eu_request_refused(u->to, h, "does not take a blob for", err);
	switch (h->status) {
	case 400: return u->resumed ? later(u, h, r) : r;
	case 404:
	case 416:
	case 429: return later(u, h, r);
	}
	return h->status >= 500 ? later(u, h, r) : r;
}

static int patch(struct upload *u, struct eu_error *err)
{
	const uint64_t n = eu_min(u->chunk, u->d->size - u->at);
	char range[64];
	const char *headers[] = { "Content-Type: application/octet-stream",
				  range, NULL, NULL };
	struct eu_http h = { .method = "PATCH",
			     .url = u->url.data,
			     .body = u->data + u->at,
			     .body_len = n };
	int r;

	snprintf(range, sizeof(range), "Content-Range: %llu-%llu",
		 (unsigned long long)u->at, (unsigned long long)(u->at + n - 1));
	r = send_body(u, &h, headers, 2, 202, err);
	if (!r)
		r = take_location(u, &h, err);
	if (!r)
		take_range(u, &h, u->at + n);
	eu_http_done(&h);
	return r;
}

/* What is left, and its end. */
static int put(struct upload *u, struct eu_error *err)
{
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);
	const char *headers[] = { "Content-Type: application/octet-stream",
				  NULL, NULL };
	struct eu_http h = { .method = "PUT",
			     .body = u->data + u->at,
			     .body_len = u->d->size - u->at };
	int r;

	eu_buf_printf(&url, "%s%cdigest=%s", u->url.data,
		      strchr(u->url.data, '?') ? '&' : '?', u->d->digest);
	h.url = eu_buf_str(&url);
	if (!h.url)
		return eu_challenge_no_url(&u->to->ref, &url, err);
	r = send_body(u, &h, headers, 1, 201, err);
	eu_http_done(&h);
	return r;
}

static int send_rest(struct upload *u, struct eu_error *err)
{
	uint64_t before;
	int r = 0;

	while (!r && u->d->size > u->chunk && u->at < u->d->size) {
		before = u->at;
		r = patch(u, err);
		if (!r && u->at <= before)
			return eu_error_set(err, -EIO,
					    "'%s' takes no more of a blob for '%s'",
					    u->to->ref.host, u->to->ref.path);
		if (!r)
			eu_registry_report(u->to, u->d, u->at);
	}
	return r ?: put(u, err);
}

/*
 * Asks for a place to send it to, or with @from that it is taken from there:
 * *@ret_there.
 */
static int open_upload(struct upload *u, const char *from, bool *ret_there,
		       struct eu_error *err)
{
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);
	const char *headers[] = { NULL, NULL }, *least;
	struct eu_http h = { .method = "POST" };
	int r;

	eu_request_url(u->to, &url, "blobs/uploads", "");
	if (from) {
		eu_buf_printf(&url, "?mount=%s&from=", u->d->digest);
		eu_challenge_query(&url, from, strlen(from));
	}
	h.url = eu_buf_str(&url);
	r = eu_request_run(u->to, &h, headers, 0, err);
	if (!r && h.status != 202 && !(from && h.status == 201))
		r = eu_request_refused(u->to, &h, "does not take anything for",
				       err);
	if (!r)
		*ret_there = h.status == 201;
	if (!r && !*ret_there)
		r = take_location(u, &h, err);
	least = eu_http_header(&h, "oci-chunk-min-length");
	if (least)
		u->chunk = eu_max(u->chunk, strtoull(least, NULL, 10));
	u->at = 0;
	eu_http_done(&h);
	return r;
}

/* *@ret_there: it has the blob, perhaps from its neighbour by now. */
static int begin(struct upload *u, bool *ret_there, struct eu_error *err)
{
	int r = has_blob(u->to, u->d->digest, ret_there, err);

	if (r || *ret_there)
		return r;
	if (u->from && !u->to->mounts_nothing) {
		eu_token_widen(u->to, u->from);
		r = open_upload(u, u->from, ret_there, err);
		if (r != -EACCES && r != -ENOENT && r != -EOPNOTSUPP)
			return r;
		/* Who may not read there has it here, and can send it. */
		eu_token_widen(u->to, "");
		u->to->mounts_nothing = true;
	}
	return open_upload(u, NULL, ret_there, err);
}

/* After a break: how much it has, if it still knows of it. */
static int find_place(struct upload *u, struct eu_error *err)
{
	const char *headers[] = { NULL, NULL };
	struct eu_http h = { .method = "GET", .url = u->url.data };
	int r = eu_request_run(u->to, &h, headers, 0, err);

	if (!r && h.status == 204) {
		r = take_location(u, &h, err);
		take_range(u, &h, 0);
	} else if (!r) {
		/* Then from the beginning. */
		eu_buf_clear(&u->url);
	}
	eu_http_done(&h);
	return r;
}

static int try(struct upload *u, struct eu_error *err)
{
	bool there = false;
	int r = 0;

	if (u->url.len && u->d->size > u->chunk)
		r = find_place(u, err);
	else
		eu_buf_clear(&u->url);
	if (!r && !u->url.len)
		r = begin(u, &there, err);
	return r || there ? r : send_rest(u, err);
}

int eu_registry_push_blob(struct eu_registry *g, const struct eu_descriptor *d,
			  const void *data, const char *from,
			  struct eu_error *err)
{
	struct upload u = {
		.to = g,
		.d = d,
		.data = data,
		.from = from && strcmp(from, g->ref.path) != 0 ? from : NULL,
		.url = EU_BUF(EU_REQUEST_URL),
		.chunk = CHUNK,
	};
	int r;

	g->may_push = true;
	g->tries = g->tries ?: DEFAULT_TRIES;
	eu_registry_report(g, d, 0);
	while ((r = try(&u, err)) == AGAIN) {
		if (++u.tries >= g->tries) {
			r = u.code;
			break;
		}
		poll(NULL, 0, u.pause);
		u.resumed = true;
	}
	if (!r)
		eu_registry_report(g, d, d->size);
	eu_buf_done(&u.url);
	return r;
}
