/* SPDX-License-Identifier: MIT */
#include "oci/ref.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sha256.h"

static const char DEFAULT_HOST[] = "docker.io", DEFAULT_TAG[] = "latest",
		  LIBRARY[] = "library/";

static int invalid(const char *text, const char *why, struct eu_error *err)
{
	return eu_error_set(
		err, -EINVAL,
		"reference '%s': %s: write [HOST[:PORT]/]PATH[:TAG][@sha256:DIGEST]",
		text, why);
}

static bool is_lower(char c)
{
	return islower((unsigned char)c) || isdigit((unsigned char)c);
}

/* Lower case letters and digits, between them ".", "_", "__" or any "-". */
static bool is_component(const char *s, size_t n)
{
	size_t i = 0, k;

	while (i < n && is_lower(s[i])) {
		while (i < n && is_lower(s[i]))
			i++;
		if (i == n)
			return true;
		k = strspn(s + i, "-");
		if (!k)
			k = s[i] == '.' ? 1 :
					  eu_min(strspn(s + i, "_"), (size_t)2);
		if (!k)
			return false;
		i += k;
	}
	return false;
}

static bool is_path(const char *s)
{
	size_t n;

	for (;; s += n + 1) {
		n = strcspn(s, "/");
		if (!is_component(s, n))
			return false;
		if (!s[n])
			return true;
	}
}

static bool is_port(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n <= 5 && !s[n];
}

/* Labels of letters, digits and inner hyphens; or [an address of IPv6]. */
static bool is_host(const char *s)
{
	size_t n;

	if (*s == '[') {
		n = strspn(s + 1, "0123456789abcdefABCDEF:.");
		if (!n || s[n + 1] != ']')
			return false;
		s += n + 2;
		return !*s || (*s == ':' && is_port(s + 1));
	}
	for (;; s += n + 1) {
		n = 0;
		while (isalnum((unsigned char)s[n]) || s[n] == '-')
			n++;
		if (!n || s[0] == '-' || s[n - 1] == '-')
			return false;
		if (s[n] != '.')
			break;
	}
	return !s[n] || (s[n] == ':' && is_port(s + n + 1));
}

bool eu_tag_is_valid(const char *s)
{
	size_t n = 0;

	if (*s == '.' || *s == '-')
		return false;
	while (isalnum((unsigned char)s[n]) || (s[n] && strchr("_.-", s[n])))
		n++;
	return n > 0 && n < EU_REF_TAG && !s[n];
}

#define DIGEST_TAG "sha256-"
#define SIGNATURE_TAG ".sig"

bool eu_tag_is_beside(const char *tag)
{
	return !strncmp(tag, DIGEST_TAG, strlen(DIGEST_TAG));
}

void eu_ref_beside(const struct eu_ref *ref, const char *digest,
		   const char *end, struct eu_ref *ret)
{
	*ret = *ref;
	*ret->digest = '\0';
	snprintf(ret->tag, sizeof(ret->tag), DIGEST_TAG "%s%s",
		 strchr(digest, ':') + 1, end);
}

void eu_ref_signatures(const struct eu_ref *ref, const char *digest,
		       struct eu_ref *ret)
{
	eu_ref_beside(ref, digest, SIGNATURE_TAG, ret);
}

bool eu_ref_signs(const struct eu_ref *ref, char ret_digest[EU_DIGEST])
{
	const size_t prefix = strlen(DIGEST_TAG), end = prefix + EU_SHA256_HEX;
	char digest[EU_DIGEST];

	if (strncmp(ref->tag, DIGEST_TAG, prefix) != 0 ||
	    strlen(ref->tag) < end || strcmp(ref->tag + end, SIGNATURE_TAG) != 0)
		return false;
	snprintf(digest, sizeof(digest), "sha256:%.*s", EU_SHA256_HEX,
		 ref->tag + prefix);
	if (!eu_digest_is_valid(digest))
		return false;
	memcpy(ret_digest, digest, sizeof(digest));
	return true;
}

bool eu_digest_is_valid(const char *digest)
{
	static const char prefix[] = "sha256:";
	const size_t n = sizeof(prefix) - 1;

	return !strncmp(digest, prefix, n) &&
	       strspn(digest + n, "0123456789abcdef") == EU_SHA256_HEX &&
	       !digest[n + EU_SHA256_HEX];
}

/* Cuts what stands behind the last @c, if it does so in the last component. */
static char *cut(char *text, char c)
{
	char *at = strrchr(text, c), *slash = strrchr(text, '/');

	if (!at || (slash && at < slash))
		return NULL;
	*at = '\0';
	return at + 1;
}

/* False if there is no room. */
static bool copy(char *to, size_t size, const char *from)
{
	const size_t n = strlen(from);

	if (n >= size)
		return false;
	memcpy(to, from, n + 1);
	return true;
}

int eu_ref_parse(const char *text, struct eu_ref *ret, struct eu_error *err)
{
	char work[EU_REF_TEXT], *digest, *tag, *slash, *path = work;
	const char *host = DEFAULT_HOST;
	struct eu_ref ref = { 0 };
	size_t n;

	if (!*text || !copy(work, sizeof(work), text))
		return invalid(text, *text ? "it is too long" : "it is empty",
			       err);
	digest = cut(work, '@');
	if (digest && !eu_digest_is_valid(digest))
		return invalid(text, "its digest is not sha256 and 64 digits",
			       err);
	slash = strchr(work, '/');
	if (slash && (memchr(work, '.', slash - work) ||
		      memchr(work, ':', slash - work) ||
		      !strncmp(work, "localhost/", 10))) {
		*slash = '\0';
		host = work;
		path = slash + 1;
		if (!is_host(host))
			return invalid(text, "its host is no name or address",
				       err);
	}
	tag = cut(path, ':');
	if (tag && !eu_tag_is_valid(tag))
		return invalid(
			text,
			"its tag has other than letters, digits, '_', '.' and '-'",
			err);
	if (!is_path(path))
		return invalid(
			text,
			"its path has other than lower case letters, digits, and '.', '_' or '-' between them",
			err);
	/* An older name of it. */
	if (!strcmp(host, "index.docker.io"))
		host = DEFAULT_HOST;
	n = !strcmp(host, DEFAULT_HOST) && !strchr(path, '/') ?
		    sizeof(LIBRARY) - 1 :
		    0;
	memcpy(ref.path, LIBRARY, n);
	if (!copy(ref.host, sizeof(ref.host), host) ||
	    !copy(ref.path + n, sizeof(ref.path) - n, path))
		return invalid(text, "it is too long", err);
	/* Their length has been looked at. */
	copy(ref.tag, sizeof(ref.tag), tag ?: (digest ? "" : DEFAULT_TAG));
	copy(ref.digest, sizeof(ref.digest), digest ?: "");
	*ret = ref;
	return 0;
}

void eu_ref_format(const struct eu_ref *ref, char *ret, size_t size)
{
	snprintf(ret, size, "%s/%s%s%s%s%s", ref->host, ref->path,
		 *ref->tag ? ":" : "", ref->tag, *ref->digest ? "@" : "",
		 ref->digest);
}

const char *eu_ref_which(const struct eu_ref *ref)
{
	return *ref->digest ? ref->digest : ref->tag;
}

bool eu_ref_is_loopback(const struct eu_ref *ref)
{
	const size_t n = strcspn(ref->host, ":");

	return (n == 9 && !strncmp(ref->host, "localhost", n)) ||
	       /* And no name that only begins so. */
	       (!strncmp(ref->host, "127.", 4) &&
		strspn(ref->host, "0123456789.") == n) ||
	       !strncmp(ref->host, "[::1]", 5);
}

void eu_digest_format(const uint8_t *sha256, char ret[EU_DIGEST])
{
	size_t n = snprintf(ret, EU_DIGEST, "sha256:");

	for (size_t i = 0; i < EU_SHA256_SIZE; i++)
		snprintf(ret + n + 2 * i, 3, "%02x", sha256[i]);
}

int eu_digest_of(const void *data, size_t len, char ret[EU_DIGEST],
		 struct eu_error *err)
{
	uint8_t d[EU_SHA256_SIZE];
	int r = eu_sha256(data, len, d, err);

	if (!r)
		eu_digest_format(d, ret);
	return r;
}
