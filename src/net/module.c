/* SPDX-License-Identifier: MIT */

/* The module "net": libcurl behind the functions of net/functions.h. */

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/module.h"
#include "net/authorities.h"
#include "net/sign.h"
#include "net/tls.h"

#define FOLDER "/etc/ssl/certs" /* of single authorities, by their hash */

enum { MAX_REDIRECTS = 8, MAX_REDIRECT_BODY = 1 << 20, WAIT_MS = 1000 };

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
	bool headed; /* all headers have come */
	bool known;  /* who we are was at hand for the last host with TLS */
	char range[48];
	char why[CURL_ERROR_SIZE];
	const char *wrong; /* with what we have, perhaps in @own */
	char own[256];
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

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What one version or another of the library leaves out. */
static void trim(const char **text, size_t *len)
{
	for (; *len && is_blank(**text); ++*text)
		--*len;
	while (*len && is_blank((*text)[*len - 1]))
		--*len;
}

/* Where "Location: ..." leads from the address that has said so. */
static int on_location(struct moving *m, const char *line, size_t len)
{
	static const char name[] = "location:";
	const size_t n = strlen(name);
	char *from = NULL, *to = NULL, *text;
	long status = 0;
	CURLU *u;
	int r;

	curl_easy_getinfo(m->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 300 || status > 399 || len < n ||
	    strncasecmp(line, name, n) != 0)
		return 0;
	line += n;
	len -= n;
	trim(&line, &len);
	/* The library goes nowhere then. */
	if (!len)
		return 0;
	curl_easy_getinfo(m->easy, CURLINFO_EFFECTIVE_URL, &from);
	text = strndup(line, len);
	u = curl_url();
	if (text && u && !curl_url_set(u, CURLUPART_URL, from, 0) &&
	    !curl_url_set(u, CURLUPART_URL, text,
			  CURLU_URLENCODE | CURLU_ALLOW_SPACE |
				  CURLU_NON_SUPPORT_SCHEME))
		curl_url_get(u, CURLUPART_URL, &to, 0);
	/* Nobody could say whether the library may go there. */
	if (!to)
		m->wrong = "it leads to what is no address";
	r = to ? m->t->follow(m->t->ctx, to) : -EINVAL;
	curl_free(to);
	curl_url_cleanup(u);
	free(text);
	return r;
}

static size_t on_header(char *data, size_t one, size_t len, void *v)
{
	struct moving *m = v;
	size_t n = len;

	(void)one;
	while (n && (data[n - 1] == '\r' || data[n - 1] == '\n'))
		n--;
	/* What stands behind a body in pieces comes here as well. */
	m->headed = (m->headed && strncasecmp(data, "HTTP/", 5) != 0) || !n;
	return m->t->header(m->t->ctx, data, n) || on_location(m, data, n) ? 0 :
									     len;
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

/* What stands in a redirect is not looked at, but comes, and may not end. */
static int on_progress(void *v, curl_off_t all, curl_off_t now, curl_off_t up,
		       curl_off_t sent)
{
	const struct moving *m = v;
	long status = 0;

	(void)all;
	(void)up;
	(void)sent;
	if (now < MAX_REDIRECT_BODY)
		return 0;
	curl_easy_getinfo(m->easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 300 && status < 400;
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
	snprintf(m->range, sizeof(m->range), "Range: bytes=%llu-",
		 (unsigned long long)m->t->from);
	if (m->t->from && !add_header(m, m->range))
		return false;
	/* Bodies are small or expected: no round trip to ask. */
	return add_header(m, "Expect:");
}

/* Scheme, host and port; false if it says none. */
static bool parse(CURLU *u, const char *url, char *ret[3])
{
	static const CURLUPart parts[] = { CURLUPART_SCHEME, CURLUPART_HOST,
					   CURLUPART_PORT };

	if (!u || curl_url_set(u, CURLUPART_URL, url, CURLU_GUESS_SCHEME))
		return false;
	for (size_t i = 0; i < EU_COUNT(parts); i++) {
		if (curl_url_get(u, parts[i], &ret[i], CURLU_DEFAULT_PORT))
			return false;
	}
	return true;
}

/* What cannot be told is elsewhere. */
static bool is_elsewhere(const struct moving *m, const char *than)
{
	char *from[3] = { 0 }, *to[3] = { 0 }, *end = NULL;
	bool same;
	CURLU *u;

	curl_easy_getinfo(m->easy, CURLINFO_EFFECTIVE_URL, &end);
	if (!end || !strcmp(end, than))
		return !end;
	u = curl_url();
	same = parse(u, than, from) && parse(u, end, to);
	for (int i = 0; i < 3; i++) {
		same = same && !strcasecmp(from[i], to[i]);
		curl_free(from[i]);
		curl_free(to[i]);
	}
	curl_url_cleanup(u);
	return !same;
}

/* NULL: there is none, but what is in the folder. */
static const char *authorities(void)
{
	const char *file = getenv("SSL_CERT_FILE");

	if (file && *file)
		return file;
	for (size_t i = 0; i < EU_COUNT(eu_authorities); i++) {
		if (!access(eu_authorities[i], R_OK))
			return eu_authorities[i];
	}
	return NULL;
}

/*
 * Who we are is said to one host alone, wherever that leads, and not to a proxy
 * before it, which the library asks this for as well: what is set for hosts
 * alone (set_tls) tells the two apart.
 */
static CURLcode on_tls(CURL *c, void *tls, void *v)
{
	struct moving *m = v;
	const struct eu_http_opts *o = &m->net->o;
	const char *file = authorities();

	(void)c;
	if (!tls_is_marked(tls))
		return CURLE_OK;
	if (o->cacert && file)
		tls_add_file(tls, file);
	m->known = o->cert && !is_elsewhere(m, o->cert_for);
	m->wrong = tls_prepare(tls, o, m->known, m->own);
	return m->wrong ? CURLE_SSL_CERTPROBLEM : CURLE_OK;
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

/* The library may have been built for no system in particular. */
static bool set_tls(CURL *c, struct moving *m)
{
	const struct eu_http_opts *o = &m->net->o;
	const char *file = authorities();

	SET(PROXY_CAINFO, file);
	SET(PROXY_CAPATH, FOLDER);
	SET(CAINFO, o->cacert ?: file);
	SET(CAPATH, FOLDER);
	if (o->insecure) {
		SET(SSL_VERIFYPEER, 0L);
		SET(SSL_VERIFYHOST, 0L);
	}
	if (o->cacert || o->authorities || o->cert) {
		SET(SSL_CTX_FUNCTION, on_tls);
		SET(SSL_CTX_DATA, m);
		/* For tls_is_marked(): the newest there is, as ever. */
		SET(SSLVERSION, (long)CURL_SSLVERSION_MAX_TLSv1_3);
	}
	return true;
}

/* What stands behind the scheme of an address begins so. */
static bool is_at(const char *url, const char *begin)
{
	const char *host = strstr(url, "://");

	return host && !strncasecmp(host + 3, begin, strlen(begin));
}

/*
 * The library reads the environment. What it leaves out is what others do:
 * HTTP_PROXY, which to a program of a web server is a header that came; and that
 * this machine needs no proxy.
 */
static bool set_proxy(CURL *c, const char *url)
{
	const char *proxy = getenv("HTTP_PROXY");

	if (is_at(url, "localhost:") || is_at(url, "localhost/") ||
	    is_at(url, "127.") || is_at(url, "[::1]"))
		SET(PROXY, "");
	else if (proxy && *proxy && !strncasecmp(url, "http:", 5) &&
		 !getenv("http_proxy") && !getenv("REQUEST_METHOD"))
		SET(PROXY, proxy);
	return true;
}

static bool set_up(struct moving *m)
{
	const struct eu_http_opts *o = &m->net->o;
	CURL *c = m->easy;

	if (!set_method(c, m) || !set_headers(m) || !set_tls(c, m) ||
	    !set_proxy(c, m->t->url))
		return false;
	SET(URL, m->t->url);
	SET(PROTOCOLS_STR, "http,https");
	/* What has come encrypted so far does not go on in the clear. */
	SET(REDIR_PROTOCOLS_STR,
	    strncasecmp(m->t->url, "https:", 6) ? "http,https" : "https");
	SET(USERAGENT, "eunomia/" EU_VERSION);
	SET(NOSIGNAL, 1L);
	/* What is posted may be as good as a password. */
	SET(FOLLOWLOCATION,
	    m->t->body_len && !strcmp(m->t->method, "POST") ? 0L : 1L);
	SET(MAXREDIRS, (long)MAX_REDIRECTS);
	SET(CONNECTTIMEOUT_MS, (long)o->connect_ms);
	SET(TIMEOUT_MS, (long)m->t->limit_ms);
	SET(LOW_SPEED_LIMIT, 1L);
	SET(LOW_SPEED_TIME, ((long)o->stall_ms + 999) / 1000);
	SET(HTTPHEADER, m->headers);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, m);
	SET(WRITEFUNCTION, on_body);
	SET(WRITEDATA, m);
	SET(NOPROGRESS, 0L);
	SET(XFERINFOFUNCTION, on_progress);
	SET(XFERINFODATA, m);
	SET(ERRORBUFFER, m->why);
	SET(PRIVATE, m);
	return true;
}

#undef SET

#define BROKEN "the connection broke off"
/* Words of our own where the library's, which have @like in them, say less. */
static const struct {
	CURLcode code;
	int error;
	const char *like, *why;
} errors[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH, "", NULL },
	{ CURLE_COULDNT_RESOLVE_PROXY, -EHOSTUNREACH, "", NULL },
	{ CURLE_COULDNT_CONNECT, -ECONNREFUSED, "", NULL },
	{ CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, "too slow",
	  "nothing comes any more" },
	{ CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, "", NULL },
	{ CURLE_TOO_MANY_REDIRECTS, -ELOOP, "",
	  "it leads elsewhere again and again" },
	{ CURLE_ABORTED_BY_CALLBACK, -E2BIG, "",
	  "it leads elsewhere with a body that does not end" },
	{ CURLE_SSL_CACERT_BADFILE, -ENOENT, "", NULL },
	{ CURLE_SSL_CONNECT_ERROR, -EPROTO, "wrong version",
	  "it does not speak TLS (--plain-http is for those)" },
	{ CURLE_SSL_CONNECT_ERROR, -EPROTO, "", NULL },
	{ CURLE_URL_MALFORMAT, -EINVAL, "", NULL },
	{ CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, "HTTP/0.9",
	  "it does not speak HTTP (or TLS only)" },
	{ CURLE_UNSUPPORTED_PROTOCOL, -EINVAL, "",
	  "it leads to where there is no TLS, or no HTTP" },
	{ CURLE_OUT_OF_MEMORY, -ENOMEM, "", NULL },
	{ CURLE_WEIRD_SERVER_REPLY, -EPROTO, "", NULL },
	{ CURLE_GOT_NOTHING, -ECONNRESET, "", BROKEN },
	{ CURLE_RECV_ERROR, -ECONNRESET, "", BROKEN },
	{ CURLE_SEND_ERROR, -ECONNRESET, "", BROKEN },
	{ CURLE_PARTIAL_FILE, -ECONNRESET, "", BROKEN },
	{ CURLE_HTTP2, -ECONNRESET, "", BROKEN },
	{ CURLE_HTTP2_STREAM, -ECONNRESET, "", BROKEN },
};

/* What a server says of our certificate, as OpenSSL has it. */
static const char *const alerts[] = {
	"alert bad certificate",     "alert certificate required",
	"alert certificate expired", "alert certificate unknown",
	"alert unknown ca",
};

/* NULL: it is something else that went wrong. */
static const char *rejection_of(const struct moving *m, CURLcode code)
{
	if (code != CURLE_RECV_ERROR && code != CURLE_SSL_CONNECT_ERROR)
		return NULL;
	for (size_t i = 0; i < EU_COUNT(alerts); i++) {
		if (strstr(m->why, alerts[i]))
			return m->known ?
				       "it does not take your certificate of certs.d: is that the right one, and still valid?" :
				       "it wants a certificate of yours, as certs.d has them (docs/oci.md)";
	}
	return NULL;
}

/* What is wrong with a certificate, by the numbers of OpenSSL's X509_V_ERR. */
static const struct {
	long from, to;
	const char *why;
} refusals[] = {
	/* What it is before anybody has looked: the name is compared then. */
	{ 1, 1, "its certificate is for another host" },
	{ 9, 9, "its certificate is not valid yet: is the clock right?" },
	{ 10, 10, "its certificate has expired: whose it is has to renew it" },
	{ 18, 21,
	  "its certificate is of an authority that is not known here: name it by --cacert or $SSL_CERT_FILE" },
	{ 62, 64, "its certificate is for another host" },
};

static const char *refusal_of(const struct moving *m)
{
	long result = 0;

	curl_easy_getinfo(m->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &result);
	if (result)
		return "the proxy's certificate is not trusted here: is its authority in $SSL_CERT_FILE?";
	curl_easy_getinfo(m->easy, CURLINFO_SSL_VERIFYRESULT, &result);
	for (size_t i = 0; i < EU_COUNT(refusals); i++) {
		if (result >= refusals[i].from && result <= refusals[i].to)
			return refusals[i].why;
	}
	return m->why;
}

static void finish(struct moving *m, CURLcode code)
{
	struct eu_transfer *t = m->t;
	const char *why = *m->why ? m->why : curl_easy_strerror(code);
	long status = 0;

	curl_easy_getinfo(m->easy, CURLINFO_RESPONSE_CODE, &status);
	t->status = (int)status;
	t->elsewhere = is_elsewhere(m, t->url);
	t->error = 0;
	/* To the library an end among the headers is an empty body. */
	if (!code && !m->headed)
		code = CURLE_GOT_NOTHING;
	if (!code)
		return;
	t->error = -EIO;
	if (code == CURLE_PEER_FAILED_VERIFICATION) {
		t->error = -EKEYREJECTED;
		why = refusal_of(m);
	}
	for (size_t i = 0; i < EU_COUNT(errors); i++) {
		if (errors[i].code != code || !strstr(why, errors[i].like))
			continue;
		t->error = errors[i].error;
		why = errors[i].why ?: why;
		break;
	}
	if (rejection_of(m, code)) {
		t->error = -EACCES;
		why = rejection_of(m, code);
	}
	if (m->wrong) {
		t->error = -EINVAL;
		why = m->wrong;
	}
	snprintf(t->why, sizeof(t->why), "%s", why);
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

/* Of those that have ended; not 0 if the others are not to be waited for. */
static int finish_some(struct net *n)
{
	struct moving *m;
	CURLMsg *msg;
	int left, r = 0;

	while (!r && (msg = curl_multi_info_read(n->multi, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE,
				  (char **)&m);
		finish(m, msg->data.result);
		r = m->t->done ? m->t->done(m->t->ctx) : 0;
	}
	return r;
}

static void wait_for_all(struct net *n)
{
	int running = 1;

	while (running && !curl_multi_perform(n->multi, &running)) {
		if (finish_some(n))
			return;
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
