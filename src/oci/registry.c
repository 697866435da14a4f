/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fmt.h"
#include "base/sha256.h"
#include "oci/token.h"
#include "oci/trust.h"

enum {
	MAX_WORDS = 256,
	/* Of a list in pages. */
	MAX_PAGES = 1000,
	MAX_NAMES = 100000,
	MAX_LIST = 16 << 20, /* bytes */
};

static const char *host_of(const struct eu_registry *g)
{
	return strcmp(g->ref.host, "docker.io") ? g->ref.host :
						  "registry-1.docker.io";
}

/* Of this machine one with certificates is spoken to with TLS. */
static const char *scheme_of(const struct eu_registry *g,
			     const struct eu_registry_opts *o)
{
	const bool asked = o->cacert || o->insecure || g->certs.found;

	return o->plain_http || (eu_ref_is_loopback(&g->ref) && !asked) ?
		       "http" :
		       "https";
}

/* Is it an address of the registry itself, which may know who we are? */
static bool is_its_own(const struct eu_registry *g, const char *url)
{
	const char *const host = host_of(g);
	const char *const port = eu_request_is_tls(g) ? ":443" : ":80";
	const size_t len = strlen(port);
	size_t n = strlen(g->scheme);

	if (strncasecmp(url, g->scheme, n) != 0 || strncmp(url + n, "://", 3) != 0)
		return false;
	url += n + 3;
	/* The port that is meant anyway is said here, there, or nowhere. */
	n = strlen(host);
	if (n > len && !strcmp(host + n - len, port))
		n -= len;
	if (strncasecmp(url, host, n) != 0)
		return false;
	url += n;
	if (!strncmp(url, port, len))
		url += len;
	return *url == '/';
}

/* Blobs are what their digests say, wherever they are; so is what has one. */
static int follow(void *ctx, const char *url, struct eu_error *err)
{
	const struct eu_registry *g = ctx;

	return g->wants_tag && !is_its_own(g, url) ?
		       eu_trust_led(&g->ref, url, err) :
		       0;
}

static int set_who(struct eu_registry *g, const struct eu_registry_opts *o,
		   struct eu_error *err)
{
	if (!o->user)
		return eu_credentials_find(g->ref.host, &g->who, err);
	g->who.user = strdup(o->user);
	g->who.password = strdup(o->password ?: "");
	return g->who.user && g->who.password ? 0 : eu_error_oom(err);
}

static int open_one(const struct eu_ref *ref, const struct eu_registry_opts *o,
		    struct eu_registry **ret, struct eu_error *err)
{
	struct eu_http_opts http = {
		.cacert = o->cacert,
		.insecure = o->insecure,
		.connect_ms = o->stall_ms,
		.stall_ms = o->stall_ms,
		.tries = o->tries,
		.total_ms = o->limit_ms,
	};
	struct eu_registry *g = calloc(1, sizeof(*g));
	int r = g ? 0 : eu_error_oom(err);

	if (!g)
		return r;
	g->ref = *ref;
	g->tries = o->tries;
	g->progress = o->progress;
	g->progress_ctx = o->progress_ctx;
	if (!o->plain_http)
		r = eu_certs_find(ref->host, &g->certs, err);
	g->scheme = scheme_of(g, o);
	snprintf(g->own, sizeof(g->own), "%s://%s/", g->scheme, host_of(g));
	http.authorities = g->certs.authorities;
	http.cert = g->certs.cert;
	http.key = g->certs.key;
	http.cert_for = g->own;
	http.follow = follow;
	http.follow_ctx = g;
	r = r ?: set_who(g, o, err);
	r = r ?: eu_net_open(&http, &g->net, err);
	if (r) {
		eu_registry_close(g);
		return r;
	}
	*ret = g;
	return 0;
}

/* Nobody tells a mirror who he is elsewhere. */
static int open_mirrors(struct eu_registry *g, const struct eu_registry_opts *o,
			struct eu_error *err)
{
	struct eu_mirror list[EU_MIRRORS];
	const size_t n = eu_mirrors_find(&g->ref, list);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct eu_registry_opts own = *o;

		own.user = own.password = NULL;
		own.plain_http = false;
		own.insecure = list[i].insecure &&
			       !eu_ref_is_loopback(&list[i].ref);
		r = open_one(&list[i].ref, &own, &g->mirrors[i], err);
		if (!r)
			g->n_mirrors++;
	}
	return r;
}

int eu_registry_open(const struct eu_ref *ref, const struct eu_registry_opts *o,
		     struct eu_registry **ret, struct eu_error *err)
{
	struct eu_registry *g;
	int r = open_one(ref, o, &g, err);

	if (r)
		return r;
	r = open_mirrors(g, o, err);
	if (r) {
		eu_registry_close(g);
		return r;
	}
	*ret = g;
	return 0;
}

void eu_registry_close(struct eu_registry *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->n_mirrors; i++)
		eu_registry_close(g->mirrors[i]);
	eu_net_close(g->net);
	eu_certs_done(&g->certs);
	eu_credentials_done(&g->who);
	free(g->authorization);
	free(g->identity);
	free(g);
}

void eu_request_host(const struct eu_registry *g, struct eu_buf *to)
{
	eu_buf_printf(to, "%s://%s", g->scheme, host_of(g));
}

const char *eu_request_url(const struct eu_registry *g, struct eu_buf *to,
			   const char *what, const char *which)
{
	eu_buf_printf(to, "%s://%s/v2/%s/%s/%s", g->scheme, host_of(g),
		      g->ref.path, what, which);
	return eu_buf_str(to);
}

/*
 * What a registry says of an error, {"errors":[{"message":...}]}, or a line of
 * text, for a terminal: the words are foreign.
 */
static void words_of(const struct eu_http *h,
		     char ret[EU_FMT_BYTE * MAX_WORDS + 1])
{
	eu_auto_json json_t *j = eu_json_read(h->text.data ?: "", h->text.len,
					      NULL);
	const json_t *e = json_array_get(json_object_get(j, "errors"), 0);
	const char *message = eu_json_str(e, "message");
	size_t n = message ? strlen(message) : 0, columns = 0;

	if (!j && h->text.len && *h->text.data != '<') {
		message = h->text.data;
		n = h->text.len;
		for (size_t i = 0; i < n; i++) {
			if (message[i] == '\r' || message[i] == '\n')
				n = i;
		}
	}
	*eu_fmt_text(ret, message ?: "", eu_min(n, (size_t)MAX_WORDS),
		     &columns) = '\0';
}

bool eu_request_is_web_page(const struct eu_http *h)
{
	return !strncasecmp(eu_http_header(h, "content-type") ?: "",
			    "text/html", 9);
}

/*
 * Servers say so, but not to HEAD: there it is what comes from no registry,
 * which would answer with JSON.
 */
static bool wants_tls(const struct eu_registry *g, const struct eu_http *h)
{
	const char *text = h->text.data ?: "";
	const size_t n = h->text.len;

	if (eu_request_is_tls(g) || h->status != 400 || h->transfer.elsewhere)
		return false;
	if (!strcmp(h->method, "HEAD"))
		return !eu_http_header(h, "content-type") ||
		       eu_request_is_web_page(h);
	return memmem(text, n, "HTTP request", 12) && memmem(text, n, "HTTPS", 5);
}

static const struct {
	int from, to, error;
	const char *hint;
} statuses[] = {
	{ 400, 400, -EOPNOTSUPP, "" },
	{ 403, 403, -EACCES, ": ask its owner for the right to do so" },
	{ 404, 404, -ENOENT, "" },
	{ 415, 415, -EOPNOTSUPP, "" },
	{ 429, 429, -EBUSY, ": it was asked too often, try again later" },
	{ 500, 599, -EIO, ": try again later" },
	{ 0, 999, -EIO, "" },
};

int eu_request_refused(const struct eu_registry *g, const struct eu_http *h,
		       const char *what, struct eu_error *err)
{
	const char *const quote = *g->ref.path ? "'" : "";
	char text[EU_FMT_BYTE * MAX_WORDS + 1];
	size_t i = 0;

	if (h->status == 401 && h->transfer.elsewhere)
		return eu_error_set(
			err, -EACCES,
			"'%s' leads elsewhere, and there somebody wants to know who you are (401)",
			g->ref.host);
	if (h->status == 401 && !g->who.user && !g->who.identity_token)
		return eu_token_unknown(g, err);
	if (h->status == 401)
		return eu_error_set(err, -EACCES,
				    "'%s' does not let '%s' in with this password",
				    g->ref.host, g->who.user ?: "you");
	if (wants_tls(g, h))
		return eu_error_set(
			err, -EPROTO,
			"'%s' wants TLS: give --cacert FILE or --insecure, or have its authority in certs.d (docs/oci.md), and no --plain-http",
			g->ref.host);
	while (h->status < statuses[i].from || h->status > statuses[i].to)
		i++;
	words_of(h, text);
	return eu_error_set(err, statuses[i].error, "'%s' %s%s%s%s%s: %s%s%d%s%s",
			    g->ref.host, what, *quote ? " " : "", quote,
			    g->ref.path, quote, text, *text ? " (" : "",
			    h->status, *text ? ")" : "", statuses[i].hint);
}

/*
 * One request with who we are; a 401 is answered once. The last of @headers is
 * left free for that. What stands elsewhere, because the registry has said so or
 * has led there, is not told, nor answered.
 */
int eu_request_run(struct eu_registry *g, struct eu_http *h,
		   const char **headers, size_t n, struct eu_error *err)
{
	const bool wants_tag = g->wants_tag;
	bool own;
	int r;

	/* Part of it is what a registry has said. */
	if (!h->url)
		return eu_error_set(
			err, -E2BIG,
			"'%s' leads to an address of more than %d bytes",
			g->ref.host, EU_REQUEST_URL);
	own = is_its_own(g, h->url);
	h->headers = headers;
	for (int tries = 0;; tries++) {
		headers[n] = own ? g->authorization : NULL;
		r = eu_http_run(g->net, h, err);
		if (!own)
			h->transfer.elsewhere = true;
		if (r || h->status != 401 || tries || h->transfer.elsewhere)
			return r;
		/* Where tokens come from is not where the tag leads. */
		g->wants_tag = false;
		r = eu_token_answer(g, h, err);
		g->wants_tag = wants_tag;
		if (r)
			return r;
		eu_http_done(h);
	}
}

/* Does what stands behind an address, up to the next one, say so? */
static bool is_next(const char *p)
{
	const char *const end = p + strcspn(p, "<");
	const char *rel = strcasestr(p, "rel=");

	if (!rel || rel > end)
		return false;
	rel += strlen("rel=");
	return !strncasecmp(rel + (*rel == '"'), "next", 4);
}

/*
 * Where the next page is, <URL>; rel="next", of which path and query are taken:
 * it is of the same registry.
 */
static bool next_page(const struct eu_registry *g, const struct eu_http *h,
		      struct eu_buf *url)
{
	const char *link = NULL, *p, *end, *path;

	while ((link = eu_http_header_after(h, "link", link))) {
		for (p = link; (p = strchr(p, '<')); p = end) {
			end = strchr(p, '>');
			path = strstr(p, "/v2/");
			if (!end)
				break;
			if (!path || path > end || !is_next(end))
				continue;
			eu_buf_clear(url);
			eu_buf_printf(url, "%s://%s%.*s", g->scheme, host_of(g),
				      (int)(end - path), path);
			return true;
		}
	}
	return false;
}

/* A list that comes in pages. */
struct listing {
	const char *accept; /* a header, or NULL */
	const char *key;    /* of what is listed in a page */
	json_type type;	    /* of each */
	const char *refused;
};

static int add_page(const struct listing *l, const struct eu_http *h,
		    json_t **all, struct eu_error *err)
{
	eu_auto_json json_t *j = eu_json_read(h->text.data ?: "", h->text.len,
					      err);
	const json_t *list = json_object_get(j, l->key);
	json_t *item;
	size_t i;

	if (!j)
		return eu_error_prefix(err, -EINVAL, "'%s'", h->url);
	json_array_foreach (list, i, item) {
		if (json_typeof(item) == l->type)
			eu_json_add(all, json_incref(item));
	}
	return *all ? 0 : eu_error_oom(err);
}

/* A registry need not have one, nor show it to everybody. */
static int no_catalog(const struct eu_registry *g, const struct eu_http *h,
		      struct eu_error *err)
{
	switch (h->status) {
	case 401:
	case 403:
		return eu_error_set(
			err, -EACCES,
			"'%s' does not show its list of repositories to %s%s%s (%d): what is there can be had by its name",
			g->ref.host, g->who.user ? "'" : "",
			g->who.user ?: "you", g->who.user ? "'" : "", h->status);
	case 400:
		if (wants_tls(g, h))
			break;
		/* fallthrough */
	case 404:
	case 405:
	case 501:
		return eu_error_set(
			err, -ENOENT,
			"'%s' gives no list of its repositories (%d), as a registry need not: what is there can be had by its name",
			g->ref.host, h->status);
	}
	return eu_request_refused(g, h, "does not list", err);
}

static int get_page(struct eu_registry *g, const struct listing *l,
		    struct eu_buf *url, json_t **all, size_t *bytes,
		    bool *ret_more, struct eu_error *err)
{
	const char *headers[] = { l->accept, NULL, NULL };
	struct eu_http h = { .method = "GET", .url = eu_buf_str(url) };
	int r = eu_request_run(g, &h, headers, l->accept ? 1 : 0, err);

	if (!r && h.status != 200)
		r = g->wants_catalog ?
			    no_catalog(g, &h, err) :
			    eu_request_refused(g, &h, l->refused, err);
	if (!r)
		r = add_page(l, &h, all, err);
	*bytes += h.text.len;
	*ret_more = !r && next_page(g, &h, url);
	eu_http_done(&h);
	return r;
}

/* All pages, the first of which is at @url: an array. */
static int get_pages(struct eu_registry *g, const struct listing *l,
		     struct eu_buf *url, json_t **ret, struct eu_error *err)
{
	eu_auto_json json_t *all = json_array();
	bool more = true;
	size_t bytes = 0;
	int r = 0;

	for (int page = 0; !r && more; page++) {
		if (page == MAX_PAGES || bytes > MAX_LIST ||
		    json_array_size(all) > MAX_NAMES)
			return eu_error_set(
				err, -E2BIG,
				"'%s' gives a list of more than %d names, %d pages or %d MiB",
				g->ref.host, MAX_NAMES, MAX_PAGES,
				MAX_LIST >> 20);
		r = get_page(g, l, url, &all, &bytes, &more, err);
	}
	if (!r)
		*ret = eu_take_ptr(all);
	return r;
}

int eu_registry_catalog(struct eu_registry *g, json_t **ret, struct eu_error *err)
{
	static const struct listing l = { .key = "repositories",
					  .type = JSON_STRING };
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);
	int r;

	eu_request_host(g, &url);
	eu_buf_puts(&url, "/v2/_catalog");
	g->wants_catalog = true;
	r = get_pages(g, &l, &url, ret, err);
	g->wants_catalog = false;
	return r;
}

int eu_registry_tags(struct eu_registry *g, json_t **ret, struct eu_error *err)
{
	static const struct listing l = { .key = "tags",
					  .type = JSON_STRING,
					  .refused = "does not list" };
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);

	eu_request_url(g, &url, "tags", "list");
	return get_pages(g, &l, &url, ret, err);
}

static int manifest_of(struct eu_registry *g, const char *which,
		       struct eu_descriptor *ret, char **ret_data,
		       struct eu_error *err)
{
	const char *headers[] = {
		"Accept: " EU_OCI_MANIFEST ", " EU_OCI_INDEX
		", application/vnd.docker.distribution.manifest.v2+json"
		", application/vnd.docker.distribution.manifest.list.v2+json",
		NULL, NULL
	};
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);
	struct eu_http h = { .method = "GET", .max = EU_MANIFEST_MAX };
	struct eu_descriptor d = { 0 };
	size_t len;
	char *data;
	int r;

	h.url = eu_request_url(g, &url, "manifests", which);
	g->wants_tag = !strchr(which, ':');
	r = eu_request_run(g, &h, headers, 1, err);
	g->wants_tag = false;
	if (!r && h.status != 200) {
		r = eu_request_refused(g, &h, "does not give", err);
		if (r == -ENOENT)
			r = eu_error_set(err, r, "'%s' has no '%s' of '%s' (404)",
					 g->ref.host, which, g->ref.path);
	}
	if (!r && eu_request_is_web_page(&h))
		r = eu_error_set(
			err, -EINVAL,
			"'%s' gives a web page for '%s': is it a registry?",
			g->ref.host, g->ref.path);
	if (!r)
		r = eu_digest_of(h.text.data ?: "", h.text.len, d.digest, err);
	if (!r && strchr(which, ':') && strcmp(which, d.digest) != 0)
		r = eu_error_set(err, -EBADMSG,
				 "'%s' gives another manifest than '%s'",
				 g->ref.host, which);
	if (!r) {
		snprintf(d.type, sizeof(d.type), "%.*s",
			 (int)strcspn(eu_http_header(&h, "content-type") ?: "",
				      "; "),
			 eu_http_header(&h, "content-type") ?: "");
		data = eu_buf_take(&h.text, &len);
		d.size = len;
		if (data) {
			*ret = d;
			*ret_data = data;
		} else {
			r = eu_error_oom(err);
		}
	}
	eu_http_done(&h);
	return r;
}

int eu_registry_manifest(struct eu_registry *g, const char *which,
			 struct eu_descriptor *ret, char **ret_data,
			 struct eu_error *err)
{
	for (size_t i = 0; i < g->n_mirrors; i++) {
		if (!manifest_of(g->mirrors[i], which, ret, ret_data, NULL))
			return 0;
	}
	return manifest_of(g, which, ret, ret_data, err);
}

/* Pages are put together: each is an index of its own. */
int eu_registry_referrers(struct eu_registry *g, const char *digest,
			  struct eu_manifest *ret, struct eu_error *err)
{
	static const struct listing l = {
		"Accept: " EU_OCI_INDEX, "manifests", JSON_OBJECT,
		"does not say what refers to a manifest of"
	};
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);
	eu_auto_json json_t *all = NULL, *j = NULL;
	eu_auto_free char *text = NULL;
	size_t len;
	int r;

	eu_request_url(g, &url, "referrers", digest);
	r = get_pages(g, &l, &url, &all, err);
	if (r)
		return r;
	j = json_pack("{s:i,s:O}", "schemaVersion", 2, "manifests", all);
	text = j ? eu_json_write(j, &len) : NULL;
	return text ? eu_manifest_read(text, len, EU_OCI_INDEX, ret, err) :
		      eu_error_oom(err);
}

void eu_registry_report(struct eu_registry *g, const struct eu_descriptor *d,
			uint64_t done)
{
	if (g->progress)
		g->progress(g->progress_ctx, d, done);
}

struct checked {
	struct eu_registry *from;
	const struct eu_descriptor *d;
	struct eu_sha256 sha;
	uint64_t size;
	eu_http_write_fn write;
	void *ctx;
};

static int check(void *ctx, const void *data, size_t len, struct eu_error *err)
{
	struct checked *c = ctx;

	c->size += len;
	eu_sha256_update(&c->sha, data, len);
	eu_registry_report(c->from, c->d, c->size);
	return c->write(c->ctx, data, len, err);
}

static int wrong_blob(struct checked *c, const struct eu_registry *g,
		      struct eu_error *err)
{
	uint8_t sum[EU_SHA256_SIZE];
	char digest[EU_DIGEST];

	eu_sha256_final(&c->sha, sum);
	eu_digest_format(sum, digest);
	if (c->size == c->d->size && !strcmp(digest, c->d->digest))
		return 0;
	return eu_error_set(err, -EBADMSG,
			    "'%s' gives other bytes than '%s' (%llu of %llu)",
			    g->ref.host, c->d->digest,
			    (unsigned long long)c->size,
			    (unsigned long long)c->d->size);
}

/* One that is asked for; at its place until done. */
struct asked {
	struct checked checked;
	struct eu_buf url;
	const char *headers[2];
	struct eu_http http;
};

static int asked_init(struct asked *a, struct eu_registry *g,
		      const struct eu_registry_part *part, struct eu_error *err)
{
	*a = (struct asked){
		.checked = { .from = g,
			     .d = part->d,
			     .write = part->write,
			     .ctx = part->ctx },
		.url = EU_BUF(EU_REQUEST_URL),
		.http = { .method = "GET",
			  .write = check,
			  .ctx = &a->checked,
			  .max = part->d->size ?: 1 },
	};
	a->http.url = eu_request_url(g, &a->url, "blobs", part->d->digest);
	return eu_sha256_init(&a->checked.sha, err);
}

static void asked_done(struct asked *a)
{
	eu_http_done(&a->http);
	eu_buf_done(&a->url);
}

static int asked_result(struct asked *a, struct eu_error *err)
{
	struct eu_registry *g = a->checked.from;

	if (a->http.status != 200)
		return eu_request_refused(g, &a->http,
					  "does not give a blob of", err);
	return wrong_blob(&a->checked, g, err);
}

static int blob_of(struct eu_registry *g, const struct eu_registry_part *part,
		   uint64_t *ret_written, struct eu_error *err)
{
	struct asked a;
	int r = asked_init(&a, g, part, err);

	if (!r)
		r = eu_request_run(g, &a.http, a.headers, 0, err);
	if (!r)
		r = asked_result(&a, err);
	*ret_written = a.checked.size;
	asked_done(&a);
	return r;
}

int eu_registry_blob(struct eu_registry *g, const struct eu_descriptor *d,
		     eu_http_write_fn write, void *ctx, struct eu_error *err)
{
	const struct eu_registry_part part = { d, write, ctx };
	uint64_t written = 0;
	int r;

	/* What has been written cannot be taken back. */
	for (size_t i = 0; i < g->n_mirrors; i++) {
		r = blob_of(g->mirrors[i], &part, &written, err);
		if (!r || written)
			return r;
	}
	return blob_of(g, &part, &written, err);
}

/* The token has ended, or there was none yet: one new one will do for all. */
static int ask_again(struct eu_registry *g, struct asked *a, bool *answered,
		     struct eu_error *err)
{
	int r = 0;

	if (a->http.transfer.elsewhere)
		return asked_result(a, err);
	if (!*answered)
		r = eu_token_answer(g, &a->http, err);
	*answered = true;
	eu_http_done(&a->http);
	if (!r)
		r = eu_request_run(g, &a->http, a->headers, 0, err);
	return r ?: asked_result(a, err);
}

/* Those that have an answer, of which 401 is none yet. */
static int finish_blobs(struct eu_registry *g, struct asked *all, size_t n,
			struct eu_error *err)
{
	bool answered = false;
	int r = 0;

	/* What ended the others says why. */
	for (size_t i = 0; i < n && !r; i++) {
		if (all[i].http.result != -ECANCELED && all[i].http.status != 401)
			r = asked_result(&all[i], err);
	}
	for (size_t i = 0; i < n && !r; i++) {
		if (all[i].http.status == 401)
			r = ask_again(g, &all[i], &answered, err);
	}
	return r;
}

static int blobs_of(struct eu_registry *g, const struct eu_registry_part *parts,
		    size_t n, struct eu_error *err)
{
	struct eu_http *list[EU_REGISTRY_PARTS] = { NULL };
	struct asked all[EU_REGISTRY_PARTS];
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		r = asked_init(&all[i], g, &parts[i], err) ?: r;
		list[i] = &all[i].http;
		all[i].headers[0] = g->authorization;
		all[i].http.headers = all[i].headers;
	}
	if (!r)
		r = eu_http_run_all(g->net, list, n, err);
	if (!r)
		r = finish_blobs(g, all, n, err);
	for (size_t i = 0; i < n; i++)
		asked_done(&all[i]);
	return r;
}

int eu_registry_blobs(struct eu_registry *g, const struct eu_registry_part *parts,
		      size_t n, struct eu_error *err)
{
	int r = 0;

	/* One of these may have what another has not. */
	if (n > 1 && !g->n_mirrors)
		return blobs_of(g, parts, n, err);
	for (size_t i = 0; i < n && !r; i++)
		r = eu_registry_blob(g, parts[i].d, parts[i].write,
				     parts[i].ctx, err);
	return r;
}

int eu_registry_push_manifest(struct eu_registry *g, const char *which,
			      const char *type, const char *data, size_t len,
			      struct eu_error *err)
{
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);
	char content[EU_OCI_TYPE + 16];
	const char *headers[] = { content, NULL, NULL };
	struct eu_http h = { .method = "PUT", .body = data, .body_len = len };
	int r;

	g->may_push = true;
	snprintf(content, sizeof(content), "Content-Type: %s", type);
	h.url = eu_request_url(g, &url, "manifests", which);
	r = eu_request_run(g, &h, headers, 1, err);
	if (!r && h.status != 201)
		r = eu_request_refused(g, &h, "does not take the manifest of",
				       err);
	eu_http_done(&h);
	return r;
}
