/* SPDX-License-Identifier: MIT */
#include "oci/challenge.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The value of NAME="VALUE" in a challenge; its length in @ret_len. */
static const char *parameter(const char *challenge, const char *name,
			     size_t *ret_len)
{
	const size_t n = strlen(name);
	const char *p = strchr(challenge, ' ');

	while (p) {
		p += strspn(p, " ,\t");
		if (!strncasecmp(p, name, n) && p[n] == '=') {
			p += n + 1;
			*ret_len = *p == '"' ? strcspn(p + 1, "\"") :
					       strcspn(p, ", ");
			return *p == '"' ? p + 1 : p;
		}
		/* Commas are in values, too. */
		p += strcspn(p, ",\"");
		if (*p == '"') {
			p = strchr(p + 1, '"');
			p = p ? p + 1 : NULL;
		}
		if (p && !*p)
			p = NULL;
	}
	return NULL;
}

void eu_challenge_query(struct eu_buf *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (isalnum((unsigned char)text[i]) || strchr("-._~", text[i]))
			eu_buf_putc(to, text[i]);
		else
			eu_buf_printf(to, "%%%02X", (unsigned char)text[i]);
	}
}

bool eu_challenge_is_bearer(const char *challenge)
{
	return !strncasecmp(challenge, "Bearer ", 7);
}

int eu_challenge_no_url(const struct eu_ref *ref, const struct eu_buf *url,
			struct eu_error *err)
{
	if (url->error != -E2BIG)
		return eu_error_oom(err);
	return eu_error_set(err, -E2BIG,
			    "'%s' leads to an address of more than %zu bytes",
			    ref->host, url->max);
}

int eu_challenge_url(const char *challenge, const struct eu_ref *ref, bool push,
		     bool tls, struct eu_buf *url, struct eu_error *err)
{
	char scope[EU_REF_PATH + 32];
	const char *realm, *service;
	size_t n;

	realm = parameter(challenge, "realm", &n);
	if (!realm || (strncasecmp(realm, "https://", 8) != 0 &&
		       (tls || strncasecmp(realm, "http://", 7) != 0)))
		return eu_error_set(
			err, -EINVAL,
			"'%s' says not where to get a token, or not by https",
			ref->host);
	eu_buf_put(url, realm, n);
	eu_buf_putc(url, memchr(realm, '?', n) ? '&' : '?');
	service = parameter(challenge, "service", &n);
	if (service) {
		eu_buf_puts(url, "service=");
		eu_challenge_query(url, service, n);
	}
	/* To log in is to ask for nothing in particular. */
	if (!*ref->path)
		return eu_buf_str(url) ? 0 : eu_challenge_no_url(ref, url, err);
	if (service)
		eu_buf_putc(url, '&');
	n = snprintf(scope, sizeof(scope), "repository:%s:%s", ref->path,
		     push ? "pull,push" : "pull");
	eu_buf_puts(url, "scope=");
	eu_challenge_query(url, scope, n);
	return eu_buf_str(url) ? 0 : eu_challenge_no_url(ref, url, err);
}
