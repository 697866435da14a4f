/* SPDX-License-Identifier: MIT */

/* The module "net": libcurl behind the functions of net/functions.h. */

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/module.h"
#include "net/sign.h"

enum { MAX_REDIRECTS = 8, WAIT_MS = 1000 };

struct net {
	struct eu_http_opts o;
	CURLM *multi;
};

/* One while it runs. */
struct moving {
	struct net *net;
	struct eu_transfer *t;
	CURL *easy;
	struct curl_slist *headers;
	size_t sent;
	char why[CURL_ERROR_SIZE];
};

static void net_close(void *v)
{
	struct net *n = v;

	if (n->multi)
		curl_multi_cleanup(n->multi);
	free((char *)n->o.cacert);
	free(n);
	curl_global_cleanup();
}

static void *net_open(const struct eu_http_opts *o)
{
	struct net *n = calloc(1, sizeof(*n));

	if (!n || curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(n);
		return NULL;
	}
	n->o = *o;
	n->o.cacert = o->cacert ? strdup(o->cacert) : NULL;
	n->multi = curl_multi_init();
	if (n->multi && !o->cacert == !n->o.cacert)
		return n;
	net_close(n);
	return NULL;
}

static size_t on_header(char *data, size_t one, size_t len, void *v)
{
	const struct moving *m = v;
	size_t n = len;

	(void)one;
	while (n && (data[n - 1] == '\r' || data[n - 1] == '\n'))
		n--;
	return m->t->header(m->t->ctx, data, n) ? 0 : len;
}

static size_t on_body(char *data, size_t one, size_t len, void *v)
{
	const struct moving *m = v;
	long status = 0;

	(void)one;
	curl_easy_getinfo(m->easy, CURLINFO_RESPONSE_CODE, &status);
	return m->t->write(m->t->ctx, (int)status, data, len) ? 0 : len;
}

static size_t on_read(char *to, size_t one, size_t room, void *v)
{
	struct moving *m = v;
	size_t n = eu_min(room * one, m->t->body_len - m->sent);

	if (n)
		memcpy(to, (const char *)m->t->body + m->sent, n);
	m->sent += n;
	return n;
}

/* A redirect wants the body again. */
static int on_seek(void *v, curl_off_t at, int from)
{
	struct moving *m = v;

	if (from != SEEK_SET || at < 0 || (uint64_t)at > m->t->body_len)
		return CURL_SEEKFUNC_CANTSEEK;
	m->sent = at;
	return CURL_SEEKFUNC_OK;
}

static bool add_header(struct moving *m, const char *text)
{
	struct curl_slist *more = curl_slist_append(m->headers, text);

	m->headers = more ?: m->headers;
	return more;
}

static bool set_headers(struct moving *m)
{
	for (size_t i = 0; m->t->headers[i]; i++) {
		if (!add_header(m, m->t->headers[i]))
			return false;
	}
	/* Bodies are small or expected: no round trip to ask. */
	return add_header(m, "Expect:");
}

#define SET(option, value)                                        \
	do {                                                      \
		if (curl_easy_setopt(c, CURLOPT_##option, value)) \
			return false;                             \
	} while (0)

static bool set_method(CURL *c, struct moving *m)
{
	if (!strcmp(m->t->method, "HEAD")) {
		SET(NOBODY, 1L);
	} else if (strcmp(m->t->method, "GET") != 0) {
		SET(UPLOAD, 1L);
		SET(CUSTOMREQUEST, m->t->method);
		SET(READFUNCTION, on_read);
		SET(READDATA, m);
		SET(SEEKFUNCTION, on_seek);
		SET(SEEKDATA, m);
		SET(INFILESIZE_LARGE, (curl_off_t)m->t->body_len);
	}
	return true;
}

static bool set_tls(CURL *c, const struct eu_http_opts *o)
{
	if (o->insecure) {
		SET(SSL_VERIFYPEER, 0L);
		SET(SSL_VERIFYHOST, 0L);
	} else if (o->cacert) {
		SET(CAINFO, o->cacert);
	}
	return true;
}

static bool set_up(struct moving *m)
{
	const struct eu_http_opts *o = &m->net->o;
	CURL *c = m->easy;

	if (!set_method(c, m) || !set_headers(m) || !set_tls(c, o))
		return false;
	SET(URL, m->t->url);
	SET(PROTOCOLS_STR, "http,https");
	/* What has come encrypted so far does not go on in the clear. */
	SET(REDIR_PROTOCOLS_STR,
	    strncasecmp(m->t->url, "https:", 6) ? "http,https" : "https");
	SET(USERAGENT, "eunomia/" EU_VERSION);
	SET(NOSIGNAL, 1L);
	SET(FOLLOWLOCATION, 1L);
	SET(MAXREDIRS, (long)MAX_REDIRECTS);
	SET(CONNECTTIMEOUT_MS, (long)o->connect_ms);
	SET(TIMEOUT_MS, (long)o->total_ms);
	SET(LOW_SPEED_LIMIT, 1L);
	SET(LOW_SPEED_TIME, ((long)o->stall_ms + 999) / 1000);
	SET(HTTPHEADER, m->headers);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, m);
	SET(WRITEFUNCTION, on_body);
	SET(WRITEDATA, m);
	SET(ERRORBUFFER, m->why);
	SET(PRIVATE, m);
	return true;
}

#undef SET

static const struct {
	CURLcode code;
	int error;
} errors[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH },
	{ CURLE_COULDNT_RESOLVE_PROXY, -EHOSTUNREACH },
	{ CURLE_COULDNT_CONNECT, -ECONNREFUSED },
	{ CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT },
	{ CURLE_TOO_MANY_REDIRECTS, -ELOOP },
	{ CURLE_PEER_FAILED_VERIFICATION, -EKEYREJECTED },
	{ CURLE_URL_MALFORMAT, -EINVAL },
	{ CURLE_UNSUPPORTED_PROTOCOL, -EINVAL },
	{ CURLE_OUT_OF_MEMORY, -ENOMEM },
	{ CURLE_GOT_NOTHING, -ECONNRESET },
	{ CURLE_RECV_ERROR, -ECONNRESET },
	{ CURLE_SEND_ERROR, -ECONNRESET },
	{ CURLE_PARTIAL_FILE, -ECONNRESET },
};

static void finish(struct moving *m, CURLcode code)
{
	struct eu_transfer *t = m->t;
	long status = 0;

	curl_easy_getinfo(m->easy, CURLINFO_RESPONSE_CODE, &status);
	t->status = (int)status;
	t->error = 0;
	if (!code)
		return;
	t->error = -EIO;
	for (size_t i = 0; i < EU_COUNT(errors); i++) {
		if (errors[i].code == code)
			t->error = errors[i].error;
	}
	snprintf(t->why, sizeof(t->why), "%s",
		 *m->why ? m->why : curl_easy_strerror(code));
}

static bool begin(struct moving *m)
{
	m->easy = curl_easy_init();
	return m->easy && set_up(m) &&
	       !curl_multi_add_handle(m->net->multi, m->easy);
}

static void end(struct moving *m)
{
	if (m->easy) {
		curl_multi_remove_handle(m->net->multi, m->easy);
		curl_easy_cleanup(m->easy);
	}
	curl_slist_free_all(m->headers);
}

static void wait_for_all(struct net *n)
{
	int running = 1, left;
	struct moving *m;
	CURLMsg *msg;

	while (running && !curl_multi_perform(n->multi, &running)) {
		while ((msg = curl_multi_info_read(n->multi, &left))) {
			if (msg->msg != CURLMSG_DONE)
				continue;
			curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE,
					  (char **)&m);
			finish(m, msg->data.result);
		}
		if (running)
			curl_multi_poll(n->multi, NULL, 0, WAIT_MS, NULL);
	}
}

static void net_run(void *v, struct eu_transfer *const *all, size_t n)
{
	struct moving *m = calloc(n, sizeof(*m));

	for (size_t i = 0; i < n; i++) {
		/* Until it has ended. */
		all[i]->error = -ENOMEM;
		snprintf(all[i]->why, sizeof(all[i]->why), "%s",
			 strerror(ENOMEM));
		if (!m)
			continue;
		m[i].net = v;
		m[i].t = all[i];
		if (begin(&m[i])) {
			all[i]->error = -EIO;
			snprintf(all[i]->why, sizeof(all[i]->why),
				 "it was not finished");
		}
	}
	if (m)
		wait_for_all(v);
	for (size_t i = 0; m && i < n; i++)
		end(&m[i]);
	free(m);
}

static const struct eu_net_functions functions = {
	.open = net_open,
	.close = net_close,
	.run = net_run,
	.keys = &key_functions,
};

extern const struct eu_module eu_module;
const struct eu_module eu_module = {
	.version = EU_VERSION,
	.name = "net",
	.functions = &functions,
};
