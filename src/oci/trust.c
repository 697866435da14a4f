/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/trust.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "oci/policy.h"
#include "oci/signature.h"

enum { MAX_KEYS = 64 };

static void set_source(const struct eu_ref *ref, char *to, size_t size)
{
	snprintf(to, size, "%s/%s", ref->host, ref->path);
	/* Hosts are the same in any case, and paths have no capitals. */
	for (char *p = to; *p && *p != '/'; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 'a' - 'A');
	}
}

static bool has_digests(const struct eu_policy *p)
{
	return json_array_size(json_object_get(p->json, "digests"));
}

int eu_trust_ask(const struct eu_ref *ref, struct eu_error *err)
{
	eu_auto_policy struct eu_policy p = { 0 };
	char source[EU_REF_HOST + EU_REF_PATH + 1];
	const json_t *keys;
	int r = eu_policy_load(&p, err);

	if (r || !p.path || has_digests(&p))
		return r;
	set_source(ref, source, sizeof(source));
	return eu_policy_rule(&p, source, &keys) == EU_POLICY_DENY ?
		       eu_policy_deny(&p, source, NULL, err) :
		       0;
}

/* ---- signatures */

struct keys {
	struct eu_key *list[MAX_KEYS];
	size_t n;
};

static void keys_done(struct keys *k)
{
	for (size_t i = 0; i < k->n; i++)
		eu_key_free(k->list[i]);
}

/* A name is looked for beside the policy. */
static int read_key(const struct eu_policy *p, const char *text,
		    struct eu_key **ret, struct eu_error *err)
{
	const char *slash = strrchr(p->path, '/');
	const size_t folder = slash && *text != '/' ? slash - p->path + 1 : 0;
	eu_auto_free char *path = NULL;

	if (!strncmp(text, "-----BEGIN ", strlen("-----BEGIN ")))
		return eu_key_read(text, strlen(text), "a key of the policy",
				   NULL, ret, err);
	if (asprintf(&path, "%.*s%s", (int)folder, p->path, text) < 0) {
		path = NULL;
		return eu_error_oom(err);
	}
	return eu_key_open(path, NULL, ret, err);
}

/* All of them: who cannot read one does not know what it would have said. */
static int read_keys(const struct eu_policy *p, const json_t *from,
		     struct keys *ret, struct eu_error *err)
{
	json_t *one;
	size_t i;
	int r;

	json_array_foreach ((json_t *)from, i, one) {
		if (i == MAX_KEYS)
			return eu_error_set(err, -E2BIG, "more than %d keys",
					    MAX_KEYS);
		r = read_key(p, json_string_value(one), &ret->list[i], err);
		if (r)
			return eu_error_prefix(err, -EINVAL, "the policy '%s'",
					       p->path);
		ret->n++;
	}
	return 0;
}

/* Does the store have the index, and does it list the manifest? */
static int check_index(const struct eu_store *s, const struct eu_descriptor *d,
		       const struct eu_descriptor *index, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	int r = eu_store_manifest(s, index, &m, err);

	if (r)
		return r;
	for (size_t i = 0; m.index && i < m.n; i++) {
		if (!strcmp(m.parts[i].digest, d->digest))
			return 0;
	}
	return eu_error_set(err, -EKEYREJECTED,
			    "the index '%s' does not list '%s'", index->digest,
			    d->digest);
}

/* Of the manifest, or of the index that it was picked from. */
static int find_signature(struct eu_registry *g, const struct eu_store *s,
			  const struct eu_ref *ref, const struct eu_descriptor *d,
			  const struct keys *k, struct eu_error *err)
{
	const struct eu_signature_query q = {
		(const struct eu_key *const *)k->list, k->n, NULL
	};
	struct eu_descriptor index = { 0 };
	struct eu_error why;
	int other, r = eu_signature_find(g, s, ref, d, &q, NULL, err);

	if ((r != -ENOENT && r != -EKEYREJECTED) || !*d->index)
		return r;
	memcpy(index.digest, d->index, sizeof(index.digest));
	other = check_index(s, d, &index, &why);
	if (!other)
		other = eu_signature_find(g, s, ref, &index, &q, NULL, &why);
	if (other && r == -ENOENT)
		return eu_error_set(err, other, "%s", why.text);
	return other ? r : 0;
}

static int check_signature(const struct eu_policy *p, const json_t *from,
			   struct eu_registry *g, const struct eu_store *s,
			   const struct eu_ref *ref,
			   const struct eu_descriptor *d, struct eu_error *err)
{
	EU_CLEANUP(keys_done) struct keys keys = { 0 };
	int r = read_keys(p, from, &keys, err);

	if (r)
		return r;
	r = find_signature(g, s, ref, d, &keys, err);
	if (!r || (r != -ENOENT && r != -EKEYREJECTED))
		return r;
	/* Not to be taken for something that is not there. */
	return eu_error_prefix(err, g ? -EKEYREJECTED : r,
			       "the policy '%s' demands a signature", p->path);
}

static bool is_listed(const struct eu_policy *p, const struct eu_store *s,
		      const struct eu_descriptor *d)
{
	struct eu_descriptor index = { 0 };

	if (eu_policy_lists(p, d->digest))
		return true;
	memcpy(index.digest, d->index, sizeof(index.digest));
	return *d->index && eu_policy_lists(p, d->index) &&
	       !check_index(s, d, &index, NULL);
}

int eu_trust_image(struct eu_registry *g, const struct eu_store *s,
		   const struct eu_ref *ref, const struct eu_descriptor *d,
		   struct eu_error *err)
{
	eu_auto_policy struct eu_policy p = { 0 };
	char source[EU_REF_HOST + EU_REF_PATH + 1];
	const json_t *keys = NULL;
	int r = eu_policy_load(&p, err);

	if (r || !p.path || is_listed(&p, s, d))
		return r;
	set_source(ref, source, sizeof(source));
	switch (eu_policy_rule(&p, source, &keys)) {
	case EU_POLICY_ALLOW: return 0;
	case EU_POLICY_KEYS:
		return check_signature(&p, keys, g, s, ref, d, err);
	case EU_POLICY_DENY: break;
	}
	return eu_policy_deny(&p, source, d->digest, err);
}

/* ---- addresses */

static bool is_local(const char *url)
{
	return !strncasecmp(url, "file:", 5) || !strncasecmp(url, "data:", 5);
}

static int check_address(const struct eu_policy *p, const char *url,
			 const char *digest, struct eu_error *err)
{
	eu_auto_free char *source = NULL;
	const json_t *keys;
	int r = eu_policy_address(url, &source, err);

	if (!r && eu_policy_rule(p, source, &keys) != EU_POLICY_ALLOW)
		r = eu_policy_deny(p, url, digest, err);
	return r;
}

int eu_trust_led(const struct eu_ref *ref, const char *url, struct eu_error *err)
{
	eu_auto_policy struct eu_policy p = { 0 };
	char source[EU_REF_HOST + EU_REF_PATH + 1];
	const json_t *keys;
	int r = eu_policy_load(&p, err);

	if (r || !p.path)
		return r;
	set_source(ref, source, sizeof(source));
	/* Whom no rule allows is asked later, for a signature or a digest. */
	if (eu_policy_rule(&p, source, &keys) != EU_POLICY_ALLOW)
		return 0;
	r = check_address(&p, url, NULL, err);
	return r ? eu_error_prefix(err, r, "'%s' leads elsewhere", source) : 0;
}

int eu_trust_address(const char *url, const void *data, size_t len,
		     struct eu_error *err)
{
	eu_auto_policy struct eu_policy p = { 0 };
	char digest[EU_DIGEST];
	int r;

	if (is_local(url))
		return data ? eu_policy_file(url, data, len, err) : 0;
	r = eu_policy_load(&p, err);
	if (r || !p.path)
		return r;
	if (data) {
		r = eu_digest_of(data, len, digest, err);
		if (r || eu_policy_lists(&p, digest))
			return r;
	} else if (has_digests(&p)) {
		return 0;
	}
	return check_address(&p, url, data ? digest : NULL, err);
}

/* A fetch, and the first place on its way that no rule allows. */
struct trip {
	const char *from;
	int strayed; /* 0, or why */
	struct eu_error why;
};

/* Where a policy lists digests, what comes from there may have one of them. */
static int follow(void *ctx, const char *url, struct eu_error *err)
{
	eu_auto_policy struct eu_policy p = { 0 };
	struct trip *t = ctx;
	struct eu_error why;
	int r = eu_policy_load(&p, err);

	if (r || !p.path)
		return r;
	r = check_address(&p, url, NULL, &why);
	if (!r)
		return 0;
	eu_error_prefix(&why, r, "'%s' leads elsewhere", t->from);
	if (!has_digests(&p))
		return eu_error_set(err, r, "%s", why.text);
	if (!t->strayed) {
		t->strayed = r;
		t->why = why;
	}
	return 0;
}

/* What has come that way. */
static int check_trip(const struct trip *t, const void *data, size_t len,
		      struct eu_error *err)
{
	eu_auto_policy struct eu_policy p = { 0 };
	char digest[EU_DIGEST];
	int r = eu_trust_address(t->from, data, len, err);

	if (r || !t->strayed)
		return r;
	r = eu_policy_load(&p, err);
	if (!r)
		r = eu_digest_of(data, len, digest, err);
	if (r || eu_policy_lists(&p, digest))
		return r;
	return eu_error_set(err, t->strayed, "%s, %s", t->why.text, digest);
}

int eu_trust_fetch(const char *url, const struct eu_http_opts *o, uint64_t max,
		   char **ret_data, size_t *ret_len, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	struct eu_http_opts own = *o;
	struct trip t = { .from = url };
	size_t len;
	int r = eu_trust_address(url, NULL, 0, err);

	own.follow = follow;
	own.follow_ctx = &t;
	if (!r)
		r = eu_fetch(url, &own, max, &data, &len, err);
	if (!r)
		r = check_trip(&t, data, len, err);
	if (r)
		return r;
	*ret_data = eu_take_ptr(data);
	*ret_len = len;
	return 0;
}

int eu_trust_kept(const char *url, const struct eu_http_opts *o, uint64_t max,
		  char **ret_data, size_t *ret_len, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	struct eu_http_opts own = *o;
	struct trip t = { .from = url };
	size_t len;
	int r;

	own.follow = follow;
	own.follow_ctx = &t;
	r = eu_fetch_kept(url, &own, max, &data, &len);
	if (r)
		return eu_error_set(err, r, "nothing is kept of '%s'", url);
	r = check_trip(&t, data, len, err);
	if (r)
		return r;
	*ret_data = eu_take_ptr(data);
	*ret_len = len;
	return 0;
}
