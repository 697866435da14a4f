/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "oci/challenge.h"

enum { MAX_TOKEN = 1 << 20, MAX_SCOPES = 2 * EU_REF_PATH + 64 };

static const char BEARER[] = "Authorization: Bearer ";

static int set_authorization(struct eu_registry *g, const char *kind,
			     const char *value, struct eu_error *err)
{
	char *text;

	if (asprintf(&text, "Authorization: %s%s", kind, value) < 0)
		return eu_error_oom(err);
	free(g->authorization);
	g->authorization = text;
	return 0;
}

static int set_basic(struct eu_registry *g, struct eu_error *err)
{
	eu_auto_free char *basic = eu_credentials_basic(&g->who);

	return basic ? set_authorization(g, "", basic, err) : eu_error_oom(err);
}

/* Nothing that would become another header. */
static bool is_token(const char *text)
{
	return text && *text && !strpbrk(text, "\r\n");
}

static int no_token(struct eu_registry *g, const struct eu_http *h,
		    struct eu_error *err)
{
	if (h->status >= 500 || h->status == 429)
		return eu_error_set(err, -EIO,
				    "'%s' gives no token (%d): try again later",
				    h->url, h->status);
	if (g->who.identity_token)
		return eu_error_set(
			err, -EACCES,
			"'%s' takes the token of the last login no more (%d): 'ecli login %s'",
			h->url, h->status, g->ref.host);
	if (g->who.user)
		return eu_error_set(err, -EACCES, "'%s' gives '%s' no token (%d)",
				    h->url, g->who.user, h->status);
	return eu_error_set(err, -EACCES,
			    "'%s' gives no token (%d): 'ecli login %s'", h->url,
			    h->status, g->ref.host);
}

static int take_token(struct eu_registry *g, const struct eu_http *h,
		      struct eu_error *err)
{
	eu_auto_json json_t *j = NULL;
	const char *token, *identity;

	if (h->status != 200)
		return no_token(g, h, err);
	j = eu_json_read(h->text.data ?: "", h->text.len, err);
	if (!j)
		return eu_error_prefix(err, -EINVAL, "'%s' gives no token",
				       h->url);
	token = eu_json_str(j, "token") ?: eu_json_str(j, "access_token");
	if (!is_token(token))
		return eu_error_set(err, -EINVAL, "'%s' gives no token", h->url);
	identity = eu_json_str(j, "refresh_token");
	if (g->wants_identity && is_token(identity)) {
		free(g->identity);
		g->identity = strdup(identity);
		if (!g->identity)
			return eu_error_oom(err);
	}
	return set_authorization(g, "Bearer ", token, err);
}

/* As OAuth 2 has it: what asks for one goes into the body. */
static int ask_by_identity(const struct eu_registry *g, struct eu_http *h,
			   struct eu_buf *body, struct eu_error *err)
{
	const char *query = strchr(h->url, '?');

	eu_buf_printf(
		body,
		"%s&grant_type=refresh_token&client_id=eunomia&refresh_token=",
		query + 1);
	eu_challenge_query(body, g->who.identity_token,
			   strlen(g->who.identity_token));
	h->method = "POST";
	h->body = body->data;
	h->body_len = body->len;
	return body->error ? eu_error_oom(err) : 0;
}

/* Where, and what it is to be good for; to log in is to ask for nothing. */
static int token_url(const struct eu_registry *g, const char *challenge,
		     struct eu_buf *url, struct eu_error *err)
{
	const unsigned int how = (eu_request_is_tls(g) ? EU_CHALLENGE_TLS : 0) |
				 (g->who.identity_token ? EU_CHALLENGE_FORM : 0);
	char scopes[MAX_SCOPES] = "";
	int n = 0;

	if (g->wants_catalog)
		n = snprintf(scopes, sizeof(scopes), "registry:catalog:*");
	else if (*g->ref.path)
		n = snprintf(scopes, sizeof(scopes), "repository:%s:%s",
			     g->ref.path, g->may_push ? "pull,push" : "pull");
	if (*g->source)
		snprintf(scopes + n, sizeof(scopes) - n, " repository:%s:pull",
			 g->source);
	return eu_challenge_url(challenge, &g->ref, scopes, how, url, err);
}

static int get_token(struct eu_registry *g, const char *challenge,
		     struct eu_error *err)
{
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL),
				  body = EU_BUF(MAX_TOKEN);
	const char *headers[2] = { 0 };
	struct eu_http h = { .method = "GET",
			     .headers = headers,
			     .max = MAX_TOKEN };
	int r = token_url(g, challenge, &url, err);

	if (r)
		return r;
	if (g->wants_identity && g->who.user)
		eu_buf_puts(&url, "&offline_token=true&client_id=eunomia");
	h.url = eu_buf_str(&url);
	if (!h.url)
		return eu_challenge_no_url(&g->ref, &url, err);
	if (g->who.identity_token) {
		r = ask_by_identity(g, &h, &body, err);
		headers[0] = "Content-Type: application/x-www-form-urlencoded";
	} else if (g->who.user) {
		r = set_basic(g, err);
		headers[0] = g->authorization;
	}
	if (!r)
		r = eu_http_run(g->net, &h, err);
	if (!r)
		r = take_token(g, &h, err);
	eu_http_done(&h);
	return r;
}

int eu_token_unknown(const struct eu_registry *g, struct eu_error *err)
{
	return eu_error_set(err, -EACCES,
			    "'%s' wants to know who you are: 'ecli login %s'",
			    g->ref.host, g->ref.host);
}

/* Where it may be had by both, a password goes to the one who gives tokens. */
int eu_token_answer(struct eu_registry *g, const struct eu_http *h,
		    struct eu_error *err)
{
	const char *bearer = NULL, *basic = NULL, *first = NULL, *header = NULL;
	int r = -EINVAL;

	while ((header = eu_http_header_after(h, "www-authenticate", header))) {
		bearer = bearer ?: eu_challenge_find(header, "Bearer");
		basic = basic ?: eu_challenge_find(header, "Basic");
		first = first ?: header;
	}
	if (first && *first && !bearer && !basic)
		return eu_error_set(
			err, -EACCES,
			"'%s' wants to know who you are by '%.*s': Basic and Bearer are known here",
			g->ref.host, (int)strcspn(first, " \t,"), first);
	if (bearer)
		r = get_token(g, bearer, err);
	/* One that nobody can answer, beside one that we can. */
	if (bearer && (r != -EINVAL || !basic || !g->who.user))
		return r;
	return g->who.user ? set_basic(g, err) : eu_token_unknown(g, err);
}

void eu_token_widen(struct eu_registry *g, const char *source)
{
	if (!strcmp(g->source, source))
		return;
	snprintf(g->source, sizeof(g->source), "%s", source);
	/* The next request is asked for one anew. */
	if (*source && g->authorization &&
	    !strncmp(g->authorization, BEARER, strlen(BEARER))) {
		free(g->authorization);
		g->authorization = NULL;
	}
}
