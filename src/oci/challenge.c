/* SPDX-License-Identifier: MIT */
#include "oci/challenge.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_VALUE = 4096 };

/* Of a header: a scheme, or NAME=VALUE of the scheme before it. */
struct word {
	const char *name;
	size_t len;
	const char *value; /* without quotes; NULL: a scheme */
	size_t value_len;
};

/* Commas and names of schemes are in quotes, too. */
static const char *read_value(const char *p, struct word *ret)
{
	ret->value = p;
	if (*p != '"') {
		ret->value_len = strcspn(p, " \t,");
		return p + ret->value_len;
	}
	ret->value = ++p;
	while (*p && *p != '"')
		p += *p == '\\' && p[1] ? 2 : 1;
	ret->value_len = p - ret->value;
	return p + (*p == '"');
}

/* The word at @p; what stands behind it, or NULL if there is none. */
static const char *read_word(const char *p, struct word *ret)
{
	const char *equals;

	p += strspn(p, " \t,");
	if (!*p)
		return NULL;
	*ret = (struct word){ .name = p, .len = strcspn(p, " \t,=\"") };
	equals = p + ret->len + strspn(p + ret->len, " \t");
	if (*equals == '=')
		return read_value(equals + 1 + strspn(equals + 1, " \t"), ret);
	/* A quote that nothing is called by is passed over. */
	return p + (ret->len ?: 1);
}

static bool is_called(const struct word *w, const char *name)
{
	return strlen(name) == w->len && !strncasecmp(w->name, name, w->len);
}

const char *eu_challenge_find(const char *header, const char *scheme)
{
	struct word w;

	while ((header = read_word(header, &w))) {
		if (!w.value && is_called(&w, scheme))
			return w.name;
	}
	return NULL;
}

/* Appends the value of NAME in a challenge; false if it is not there. */
static bool parameter(const char *challenge, const char *name, struct eu_buf *to)
{
	struct word w;

	challenge = read_word(challenge, &w);
	while (challenge && (challenge = read_word(challenge, &w)) && w.value) {
		if (!is_called(&w, name))
			continue;
		for (size_t i = 0; i < w.value_len; i++) {
			if (w.value[i] == '\\' && i + 1 < w.value_len)
				i++;
			eu_buf_putc(to, w.value[i]);
		}
		return true;
	}
	return false;
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

int eu_challenge_no_url(const struct eu_ref *ref, const struct eu_buf *url,
			struct eu_error *err)
{
	if (url->error != -E2BIG)
		return eu_error_oom(err);
	return eu_error_set(err, -E2BIG,
			    "'%s' leads to an address of more than %zu bytes",
			    ref->host, url->max);
}

static void put_scopes(struct eu_buf *url, const char *scopes, bool form)
{
	const char *before = "scope=";

	while (*scopes) {
		const size_t n = strcspn(scopes, " ");

		eu_buf_puts(url, before);
		eu_challenge_query(url, scopes, n);
		scopes += n + strspn(scopes + n, " ");
		before = form ? "%20" : "&scope=";
	}
}

int eu_challenge_url(const char *challenge, const struct eu_ref *ref,
		     const char *scopes, unsigned int how, struct eu_buf *url,
		     struct eu_error *err)
{
	eu_auto_buf struct eu_buf realm = EU_BUF(url->max),
				  service = EU_BUF(MAX_VALUE);
	const char *at, *whose;

	parameter(challenge, "realm", &realm);
	at = eu_buf_str(&realm);
	if (!at)
		return eu_challenge_no_url(ref, &realm, err);
	if (strncasecmp(at, "https://", 8) != 0 &&
	    ((how & EU_CHALLENGE_TLS) || strncasecmp(at, "http://", 7) != 0))
		return eu_error_set(
			err, -EINVAL,
			"'%s' says not where to get a token, or not by https",
			ref->host);
	eu_buf_printf(url, "%s%c", at, strchr(at, '?') ? '&' : '?');
	if (parameter(challenge, "service", &service)) {
		whose = eu_buf_str(&service);
		if (!whose)
			return eu_challenge_no_url(ref, &service, err);
		eu_buf_puts(url, "service=");
		eu_challenge_query(url, whose, service.len);
		eu_buf_puts(url, *scopes ? "&" : "");
	}
	put_scopes(url, scopes, how & EU_CHALLENGE_FORM);
	return eu_buf_str(url) ? 0 : eu_challenge_no_url(ref, url, err);
}
