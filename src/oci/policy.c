/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/policy.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/file.h"
#include "oci/ref.h"

enum { MAX_FILE = 1 << 20 };

static const char SYSTEM[] = "/etc/eunomia/policy.json";

void eu_policy_done(struct eu_policy *p)
{
	free(p->path);
	json_decref(p->json);
	*p = (struct eu_policy){ 0 };
}

/* ---- reading */

/* A member that nobody knows is a slip, and may have been meant to forbid. */
static int check_members(const json_t *j, const char *const *known,
			 const char *where, struct eu_error *err)
{
	const char *key;
	json_t *value;
	size_t i;

	if (!json_is_object(j))
		return eu_error_set(err, -EINVAL, "%s is no object", where);
	json_object_foreach ((json_t *)j, key, value) {
		for (i = 0; known[i] && strcmp(known[i], key) != 0; i++)
			;
		if (!known[i])
			return eu_error_set(err, -EINVAL,
					    "'%s' is not known in %s", key,
					    where);
	}
	return 0;
}

static bool is_word(const char *text)
{
	return text && (!strcmp(text, "allow") || !strcmp(text, "deny"));
}

static int check_word(const json_t *j, const char *key, bool needed,
		      const char *where, struct eu_error *err)
{
	const json_t *value = json_object_get(j, key);

	if ((!value && !needed) || is_word(json_string_value(value)))
		return 0;
	return eu_error_set(err, -EINVAL,
			    "'%s' of %s is to be \"allow\" or \"deny\"", key,
			    where);
}

static int check_keys(const json_t *keys, const char *where, struct eu_error *err)
{
	const char *text;
	json_t *one;
	size_t i;

	if (!json_array_size(keys))
		return eu_error_set(err, -EINVAL,
				    "'keys' of %s is no list with a key in it",
				    where);
	json_array_foreach ((json_t *)keys, i, one) {
		text = json_string_value(one);
		if (!text || !*text)
			return eu_error_set(
				err, -EINVAL,
				"'keys' of %s has what is no file's name", where);
	}
	return 0;
}

/* Of the scheme, if there is one, and the host of a source. */
static size_t host_len(const char *from)
{
	const char *host = strstr(from, "://");

	host = host ? host + 3 : from;
	return (size_t)(strchr(host, '/') - from);
}

/* What a source can begin with. */
static int check_pattern(const char *from, bool keys, const char *where,
			 struct eu_error *err)
{
	const char *host = from ? strstr(from, "://") : NULL;

	if (!from || !strchr(host ? host + 3 : from, '/'))
		return eu_error_set(
			err, -EINVAL,
			"'from' of %s is to be HOST/PATH or https://HOST/PATH",
			where);
	if (host && keys)
		return eu_error_set(err, -EINVAL,
				    "'from' of %s: addresses have no signatures",
				    where);
	for (const char *p = from; p < from + host_len(from); p++) {
		if (isupper((unsigned char)*p))
			return eu_error_set(
				err, -EINVAL,
				"'from' of %s: hosts are written in small letters",
				where);
	}
	for (const char *p = from; *p; p++) {
		if (*p <= ' ' || *p > '~')
			return eu_error_set(
				err, -EINVAL,
				"'from' of %s has a character that no source has",
				where);
	}
	return 0;
}

static int check_rule(const json_t *rule, size_t i, struct eu_error *err)
{
	static const char *const members[] = { "from", "then", "keys", NULL };
	const json_t *keys = json_object_get(rule, "keys");
	const json_t *then = json_object_get(rule, "then");
	char where[32];
	int r;

	snprintf(where, sizeof(where), "rule %zu", i + 1);
	r = check_members(rule, members, where, err);
	if (!r)
		r = check_pattern(eu_json_str(rule, "from"), keys, where, err);
	if (!r && !keys == !then)
		r = eu_error_set(err, -EINVAL,
				 "%s is to have one of 'then' and 'keys'", where);
	if (!r && then)
		r = check_word(rule, "then", true, where, err);
	if (!r && keys)
		r = check_keys(keys, where, err);
	return r;
}

static int check_lists(const json_t *j, struct eu_error *err)
{
	const json_t *digests = json_object_get(j, "digests");
	const json_t *rules = json_object_get(j, "rules");
	const char *digest;
	json_t *one;
	size_t i;
	int r = 0;

	if (digests && !json_is_array(digests))
		return eu_error_set(err, -EINVAL, "'digests' is no list");
	if (rules && !json_is_array(rules))
		return eu_error_set(err, -EINVAL, "'rules' is no list");
	json_array_foreach ((json_t *)digests, i, one) {
		digest = json_string_value(one);
		if (!digest || !eu_digest_is_valid(digest))
			return eu_error_set(
				err, -EINVAL,
				"digest %zu is not sha256: and 64 digits", i + 1);
	}
	json_array_foreach ((json_t *)rules, i, one) {
		r = check_rule(one, i, err);
		if (r)
			break;
	}
	return r;
}

static int check(const json_t *j, struct eu_error *err)
{
	static const char *const members[] = { "default", "files", "digests",
					       "rules", NULL };
	int r = check_members(j, members, "it", err);

	if (!r)
		r = check_word(j, "default", true, "it", err);
	if (!r)
		r = check_word(j, "files", false, "it", err);
	return r ?: check_lists(j, err);
}

int eu_policy_read(const char *text, size_t len, const char *path,
		   struct eu_policy *ret, struct eu_error *err)
{
	eu_auto_policy struct eu_policy p = { 0 };
	struct eu_error own;
	json_error_t je;
	int r = 0;

	err = err ?: &own;
	p.path = strdup(path);
	if (!p.path)
		return eu_error_oom(err);
	p.json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);
	r = p.json ? check(p.json, err) :
		     eu_error_set(err, -EINVAL, "line %d: %s", je.line, je.text);
	if (r)
		return eu_error_prefix(
			err, r, "the policy '%s' is broken and allows nothing",
			path);
	*ret = p;
	p = (struct eu_policy){ 0 };
	return 0;
}

/* One that cannot be looked at counts as there. */
static bool is_there(const char *path)
{
	return !access(path, F_OK) || (errno != ENOENT && errno != ENOTDIR);
}

int eu_policy_load(struct eu_policy *ret, struct eu_error *err)
{
	const char *env = getenv("EUNOMIA_POLICY");
	eu_auto_free char *own = eu_config_path("eunomia/policy.json");
	eu_auto_free char *text = NULL;
	const char *path = env && *env ? env : is_there(SYSTEM) ? SYSTEM : own;
	size_t len;
	int r;

	/* HOME may be that of another, into which nobody else can look. */
	if (!path || (path == own && access(own, F_OK))) {
		*ret = (struct eu_policy){ 0 };
		return 0;
	}
	r = eu_file_read(path, MAX_FILE, &text, &len, err);
	/* That it is not there says nothing of what is asked for. */
	if (r)
		return eu_error_prefix(
			err, r == -ENOENT ? -EACCES : r,
			"the policy cannot be read, and allows nothing");
	return eu_policy_read(text, len, path, ret, err);
}

/* ---- asking */

bool eu_policy_lists(const struct eu_policy *p, const char *digest)
{
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(p->json, "digests"), i, one) {
		if (!strcmp(json_string_value(one), digest))
			return true;
	}
	return false;
}

/*
 * "*" stands for any number of characters that are no slash; what ends with a
 * slash, for all that begins so.
 */
static bool matches(const char *pattern, const char *text)
{
	const char *p = pattern, *star = NULL, *back = NULL;

	for (;;) {
		if (*p == '*') {
			star = p++;
			back = text;
		} else if (!*p && (!*text || (p > pattern && p[-1] == '/'))) {
			return true;
		} else if (*p && *p == *text) {
			p++;
			text++;
		} else if (!star || !*back || *back == '/') {
			return false;
		} else {
			p = star + 1;
			text = ++back;
		}
	}
}

static bool allows(const json_t *j, const char *key, bool otherwise)
{
	const char *word = eu_json_str(j, key);

	return word ? !strcmp(word, "allow") : otherwise;
}

enum eu_policy_word eu_policy_rule(const struct eu_policy *p,
				   const char *source, const json_t **ret_keys)
{
	const json_t *keys;
	json_t *rule;
	size_t i;

	if (!p->path)
		return EU_POLICY_ALLOW;
	json_array_foreach (json_object_get(p->json, "rules"), i, rule) {
		if (!matches(eu_json_str(rule, "from"), source))
			continue;
		keys = json_object_get(rule, "keys");
		if (keys) {
			*ret_keys = keys;
			return EU_POLICY_KEYS;
		}
		return allows(rule, "then", false) ? EU_POLICY_ALLOW :
						     EU_POLICY_DENY;
	}
	return allows(p->json, "default", false) ? EU_POLICY_ALLOW :
						   EU_POLICY_DENY;
}

int eu_policy_deny(const struct eu_policy *p, const char *what,
		   const char *digest, struct eu_error *err)
{
	return eu_error_set(err, -EACCES, "the policy '%s' does not allow %s%s%s",
			    p->path, what, digest ? ", " : "", digest ?: "");
}

int eu_policy_file(const char *name, const void *data, size_t len,
		   struct eu_error *err)
{
	eu_auto_policy struct eu_policy p = { 0 };
	char digest[EU_DIGEST], what[256];
	int r = eu_policy_load(&p, err);

	if (r || !p.path || allows(p.json, "files", true))
		return r;
	r = eu_digest_of(data, len, digest, err);
	if (r || eu_policy_lists(&p, digest))
		return r;
	snprintf(what, sizeof(what), "the file '%s'", name);
	return eu_policy_deny(&p, strcmp(name, "-") ? what : "standard input",
			      digest, err);
}

static int odd(struct eu_error *err, const char *url, const char *what)
{
	return eu_error_set(
		err, -EINVAL,
		"'%s' has %s, and rules of a policy cannot tell whose it is",
		url, what);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

int eu_policy_address(const char *url, char **ret, struct eu_error *err)
{
	static const char in_hosts[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
	const char *host = strstr(url, "://"), *path;
	char *text;
	size_t n;

	if (!host)
		return odd(err, url, "no scheme");
	host += 3;
	path = host + strspn(host, in_hosts);
	if (*path && *path != '/')
		return odd(err, url, "odd characters in its host");
	if (strstr(path, "/..") || strstr(path, "/./") || strchr(path, '\\') ||
	    strcasestr(path, "%2e") || strcasestr(path, "%2f"))
		return odd(err, url, "a path that turns back");
	n = path - url;
	text = malloc(strlen(url) + 2);
	if (!text)
		return eu_error_oom(err);
	for (size_t i = 0; i < n; i++)
		text[i] = lower(url[i]);
	snprintf(text + n, strlen(path) + 2, "%s", *path ? path : "/");
	*ret = text;
	return 0;
}
