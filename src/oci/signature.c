/* SPDX-License-Identifier: MIT */
#include "oci/signature.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "oci/artifact.h"
#include "oci/payload.h"

#define LAYER "application/vnd.dev.cosign.simplesigning.v1+json"
#define ARTIFACT "application/vnd.dev.cosign.artifact.sig.v1+json"
#define CONFIG "application/vnd.oci.image.config.v1+json"
#define SIGNATURE "dev.cosignproject.cosign/signature"

enum { MAX_SIGNATURES = 100, MAX_CONFIG = 1 << 20 };

/* Where manifests and blobs come from. */
struct from {
	struct eu_registry *g;	  /* or, if NULL, */
	const struct eu_store *s; /* where they are kept, too */
	const struct eu_ref *ref;
};

/* ---- reading */

static int get_manifest(const struct from *f, const struct eu_ref *which,
			struct eu_descriptor *d, struct eu_manifest *ret,
			struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	int r;

	if (!f->g) {
		r = eu_store_find(f->s, which, d, err);
		return r ?: eu_store_manifest(f->s, d, ret, err);
	}
	r = eu_artifact_manifest(f->g, eu_ref_which(which), d, ret, &data, err);
	if (r || !f->s)
		return r;
	r = eu_store_put(f->s, d, data, err);
	if (r)
		eu_manifest_done(ret);
	return r;
}

static int to_buffer(void *v, const void *data, size_t len, struct eu_error *err)
{
	struct eu_buf *b = v;

	eu_buf_put(b, data, len);
	return b->error ? eu_error_oom(err) : 0;
}

/* A blob, to be freed, of no more than @max bytes. */
static int get_blob(const struct from *f, const struct eu_descriptor *d,
		    size_t max, char **ret, size_t *ret_len, struct eu_error *err)
{
	eu_auto_buf struct eu_buf b = EU_BUF(max);
	int r = 0;

	if (d->size > max)
		return eu_error_set(err, -E2BIG, "it has more than %zu bytes",
				    max);
	if (!f->g)
		return eu_store_read(f->s, d->digest, max, ret, ret_len, err);
	r = eu_registry_blob(f->g, d, to_buffer, &b, err);
	if (!r && f->s)
		r = eu_store_put(f->s, d, b.data, err);
	if (!r) {
		*ret = eu_buf_take(&b, ret_len);
		r = *ret ? 0 : eu_error_oom(err);
	}
	return r;
}

/* Is it the signature of these bytes by one of the keys? */
static int check_signature(const struct eu_signature_query *q, const char *data,
			   size_t len, const char *base64, size_t *ret_key,
			   struct eu_error *err)
{
	eu_auto_buf struct eu_buf raw = EU_BUF(EU_SIGNATURE_MAX);
	int r = eu_base64_decode(base64, strlen(base64), &raw, NULL);

	if (r)
		return eu_error_set(err, -EBADMSG,
				    "the signature is no base64, or too long");
	r = -EKEYREJECTED;
	for (size_t i = 0; i < q->n && r; i++) {
		r = eu_key_verify(q->keys[i], data, len, raw.data, raw.len, err);
		if (!r)
			*ret_key = i;
	}
	if (r == -EKEYREJECTED)
		r = eu_error_set(
			err, r,
			"signature and payload are not by %s '%s', or were changed",
			q->n > 1 ? "one of the keys, the last is" : "the key",
			eu_key_name(q->keys[q->n - 1]));
	return r;
}

static int check_layer(const struct from *f, const struct eu_descriptor *layer,
		       const char *digest, const struct eu_signature_query *q,
		       size_t *ret_key, struct eu_error *err)
{
	const char *base64 = eu_descriptor_note(layer, SIGNATURE);
	eu_auto_free char *data = NULL;
	size_t len;
	int r;

	if (!base64)
		return eu_error_set(err, -EBADMSG,
				    "its annotation '" SIGNATURE "' is missing");
	r = get_blob(f, layer, EU_PAYLOAD_MAX, &data, &len, err);
	/* There is a signature, but of what? */
	if (r)
		return eu_error_prefix(err, r == -ENOENT ? -EBADMSG : r,
				       "its payload");
	/* Nothing is made of what is not signed. */
	r = check_signature(q, data, len, base64, ret_key, err);
	return r ?: eu_payload_check(data, len, digest, q->notes, err);
}

/* -ENOENT: there are no signatures in it. */
static int check_layers(const struct from *f, const struct eu_manifest *m,
			const char *digest, const struct eu_signature_query *q,
			size_t *ret_key, struct eu_error *err)
{
	size_t n = 0;
	int r = -ENOENT;

	for (size_t i = 0; i < m->n && !m->index && r; i++) {
		if (strcmp(m->parts[i].type, LAYER) != 0)
			continue;
		if (n++ == MAX_SIGNATURES)
			return eu_error_set(err, -E2BIG,
					    "there are more than %d signatures",
					    MAX_SIGNATURES);
		r = check_layer(f, &m->parts[i], digest, q, ret_key, err);
		if (r)
			eu_error_prefix(err, r, "signature %zu of '%s'", n,
					digest);
		/* No others if the network or the memory is gone. */
		if (r && r != -EBADMSG && r != -EKEYREJECTED && r != -E2BIG)
			return r;
	}
	if (r == -ENOENT)
		return eu_error_set(err, r, "'%s' is not signed", digest);
	return r ? -EKEYREJECTED : 0;
}

/* Once it holds: so that it is found without the registry. */
static int keep(const struct from *f, const struct eu_ref *sig,
		const struct eu_descriptor *d, const struct eu_manifest *m,
		struct eu_error *err)
{
	eu_auto_free char *config = NULL;
	size_t len;
	int r = get_blob(f, &m->config, MAX_CONFIG, &config, &len, err);

	return r ?: eu_store_tag(f->s, sig, d, err);
}

/* The signatures that @which stands for; kept as @sig. */
static int try_manifest(const struct from *f, const struct eu_ref *which,
			const struct eu_ref *sig, const char *digest,
			const struct eu_signature_query *q, size_t *ret_key,
			struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	struct eu_descriptor d;
	int r = get_manifest(f, which, &d, &m, err);

	if (r)
		return r;
	r = check_layers(f, &m, digest, q, ret_key, err);
	if (!r && f->g && f->s)
		r = keep(f, sig, &d, &m, err);
	return r;
}

/* By the API, or by the tag that stands for it. An empty list for none. */
static int get_referrers(const struct from *f, const char *digest,
			 struct eu_manifest *ret, bool *ret_api,
			 struct eu_error *err)
{
	struct eu_descriptor d;
	struct eu_ref tag;
	int r = eu_registry_referrers(f->g, digest, ret, err);

	*ret_api = r != -ENOENT;
	if (r != -ENOENT)
		return r;
	eu_ref_beside(f->ref, digest, "", &tag);
	r = get_manifest(&(struct from){ .g = f->g }, &tag, &d, ret, err);
	return r == -ENOENT ? 0 : r;
}

/* Some registries say of an artifact what its config is. */
static bool is_signature(const struct eu_manifest *m, size_t i)
{
	const json_t *list = json_object_get(m->json, "manifests");
	const char *type = eu_json_str(json_array_get(list, i), "artifactType");

	return type && (!strcmp(type, ARTIFACT) || !strcmp(type, CONFIG));
}

static int try_referrers(const struct from *f, const struct eu_ref *sig,
			 const char *digest, const struct eu_signature_query *q,
			 size_t *ret_key, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	struct eu_ref which = *sig;
	struct eu_error why;
	int one, r, n = 0;
	bool api;

	r = get_referrers(f, digest, &m, &api, err);
	if (r)
		return r;
	r = -ENOENT;
	for (size_t i = 0; m.index && i < m.n && n < MAX_SIGNATURES; i++) {
		if (!is_signature(&m, i))
			continue;
		n++;
		memcpy(which.digest, m.parts[i].digest, sizeof(which.digest));
		one = try_manifest(f, &which, sig, digest, q, ret_key, &why);
		if (!one)
			return 0;
		if (one != -ENOENT) {
			r = one;
			eu_error_set(err, r, "%s", why.text);
		}
	}
	return r;
}

int eu_signature_find(struct eu_registry *g, const struct eu_store *s,
		      const struct eu_ref *ref, const struct eu_descriptor *d,
		      const struct eu_signature_query *q, size_t *ret_key,
		      struct eu_error *err)
{
	const struct from f = { g, s, ref };
	struct eu_error why = { 0 };
	struct eu_ref sig;
	size_t key = 0;
	int r, other;

	eu_ref_signatures(ref, d->digest, &sig);
	r = try_manifest(&f, &sig, &sig, d->digest, q, &key, err);
	if ((r == -ENOENT || r == -EKEYREJECTED) && g) {
		other = try_referrers(&f, &sig, d->digest, q, &key, &why);
		if (!other)
			r = 0;
		else if (r == -ENOENT && other != -ENOENT)
			r = eu_error_set(err, other, "%s", why.text);
	}
	if (r == -ENOENT)
		r = eu_error_set(err, r, "'%s' is not signed%s", d->digest,
				 g ? "" : " here");
	if (!r && ret_key)
		*ret_key = key;
	return r;
}

/* ---- adding */

static void describe(const char *type, size_t size, struct eu_descriptor *ret)
{
	*ret = (struct eu_descriptor){ .size = size };
	snprintf(ret->type, sizeof(ret->type), "%s", type);
}

static int push_text(struct eu_registry *g, const char *type, const char *text,
		     size_t len, struct eu_descriptor *ret, struct eu_error *err)
{
	int r;

	describe(type, len, ret);
	r = eu_digest_of(text, len, ret->digest, err);
	return r ?: eu_registry_push_blob(g, ret, text, NULL, err);
}

/* What other tools want to see of an image: its layers, none compressed. */
static int push_config(struct eu_registry *g, const json_t *layers,
		       struct eu_descriptor *ret, struct eu_error *err)
{
	eu_auto_json json_t *j = json_object();
	json_t *history = json_array(), *ids = json_array(), *layer;
	eu_auto_free char *text = NULL;
	size_t i, len;

	json_array_foreach ((json_t *)layers, i, layer) {
		eu_json_add(&history, json_pack("{s:s}", "created",
						"0001-01-01T00:00:00Z"));
		eu_json_add(&ids, eu_json_text(eu_json_str(layer, "digest")));
	}
	eu_json_put(&j, "architecture", json_string(""));
	eu_json_put(&j, "config", json_object());
	eu_json_put(&j, "created", json_string("0001-01-01T00:00:00Z"));
	eu_json_put(&j, "history", history);
	eu_json_put(&j, "os", json_string(""));
	eu_json_put(&j, "rootfs",
		    ids ? json_pack("{s:o,s:s}", "diff_ids", ids, "type",
				    "layers") :
			  NULL);
	text = j ? eu_json_write(j, &len) : NULL;
	return text ? push_text(g, CONFIG, text, len, ret, err) :
		      eu_error_oom(err);
}

/* The payload with its signature, as a layer; a new reference. */
static int push_layer(struct eu_registry *g, const struct eu_key *key,
		      const char *payload, size_t len, json_t **ret,
		      struct eu_error *err)
{
	eu_auto_buf struct eu_buf raw = EU_BUF(EU_SIGNATURE_MAX);
	eu_auto_buf struct eu_buf text = EU_BUF(2 * EU_SIGNATURE_MAX);
	eu_auto_json json_t *notes = NULL;
	struct eu_descriptor d;
	int r = eu_key_sign(key, payload, len, &raw, err);

	if (r)
		return r;
	eu_base64_encode(raw.data, raw.len, &text);
	notes = json_pack("{s:s}", SIGNATURE, eu_buf_str(&text) ?: "");
	r = push_text(g, LAYER, payload, len, &d, err);
	if (r)
		return r;
	d.annotations = notes;
	*ret = notes && !text.error ? eu_descriptor_json(&d) : NULL;
	return *ret ? 0 : eu_error_oom(err);
}

/* Where there is no API: lists it under the tag that stands for one. */
static int list_referrer(const struct from *f, const char *digest,
			 const struct eu_descriptor *sig, const char *old,
			 struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	json_t *list = json_array(), *entry;
	eu_auto_json json_t *j = NULL;
	eu_auto_free char *text = NULL;
	struct eu_ref tag;
	size_t len;
	bool api, is_listed = false;
	int r = get_referrers(f, digest, &m, &api, err);

	for (size_t i = 0; !r && m.index && i < m.n; i++) {
		is_listed |= !strcmp(m.parts[i].digest, sig->digest);
		entry = json_array_get(json_object_get(m.json, "manifests"), i);
		if (strcmp(m.parts[i].digest, old) != 0 &&
		    strcmp(m.parts[i].digest, sig->digest) != 0)
			eu_json_add(&list, json_deep_copy(entry));
	}
	entry = eu_descriptor_json(sig);
	eu_json_put_text(&entry, "artifactType", ARTIFACT);
	eu_json_add(&list, entry);
	j = json_pack("{s:i,s:s,s:o}", "schemaVersion", 2, "mediaType",
		      EU_OCI_INDEX, "manifests", list);
	if (r || api || is_listed)
		return r;
	text = j ? eu_json_write(j, &len) : NULL;
	if (!text)
		return eu_error_oom(err);
	eu_ref_beside(f->ref, digest, "", &tag);
	return eu_registry_push_manifest(f->g, tag.tag, EU_OCI_INDEX, text, len,
					 err);
}

/* A manifest of @layers, which may have been one already: @j. */
static int push_list(const struct from *f, const struct eu_ref *sig,
		     const struct eu_descriptor *d, json_t **j,
		     struct eu_descriptor *ret, struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	struct eu_descriptor config, subject = *d;
	size_t len;
	int r = push_config(f->g, json_object_get(*j, "layers"), &config, err);

	if (r)
		return r;
	subject.annotations = subject.platform = NULL;
	eu_json_put(j, "schemaVersion", json_integer(2));
	eu_json_put_text(j, "mediaType", EU_OCI_MANIFEST);
	eu_json_put_text(j, "artifactType", ARTIFACT);
	eu_json_put(j, "config", eu_descriptor_json(&config));
	eu_json_put(j, "subject", eu_descriptor_json(&subject));
	text = *j ? eu_json_write(*j, &len) : NULL;
	if (!text)
		return eu_error_oom(err);
	describe(EU_OCI_MANIFEST, len, ret);
	r = eu_digest_of(text, len, ret->digest, err);
	return r     ?:
		       eu_registry_push_manifest(f->g, sig->tag, EU_OCI_MANIFEST,
						 text, len, err);
}

/* What is there; an object without members if there is nothing. */
static int read_list(const struct from *f, const struct eu_ref *sig,
		     const struct eu_descriptor *d,
		     const struct eu_signature_query *q, json_t **ret,
		     struct eu_descriptor *ret_old, bool *ret_signed,
		     struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	size_t key;
	int r = get_manifest(f, sig, ret_old, &m, err);

	if (r && r != -ENOENT)
		return r;
	if (!r && m.index)
		return eu_error_set(err, -EEXIST,
				    "'%s' is there, and is no list of signatures",
				    sig->tag);
	*ret_signed = !r && !check_layers(f, &m, d->digest, q, &key, err);
	*ret = r ? json_object() : json_incref(m.json);
	if (r)
		*ret_old = (struct eu_descriptor){ 0 };
	if (*ret && !json_object_get(*ret, "layers"))
		eu_json_put(ret, "layers", json_array());
	return *ret ? 0 : eu_error_oom(err);
}

int eu_signature_add(struct eu_registry *g, const struct eu_ref *ref,
		     const struct eu_descriptor *d, const struct eu_key *key,
		     const json_t *notes, struct eu_descriptor *ret,
		     struct eu_error *err)
{
	const struct eu_signature_query q = { &key, 1, notes };
	const struct from f = { g, NULL, ref };
	eu_auto_free char *payload = NULL;
	eu_auto_json json_t *j = NULL;
	struct eu_descriptor old = { 0 };
	json_t *layer = NULL;
	struct eu_ref sig;
	bool is_signed = false;
	size_t len;
	int r;

	eu_ref_signatures(ref, d->digest, &sig);
	payload = eu_payload_write(ref, d->digest, notes, &len);
	if (!payload)
		return eu_error_oom(err);
	r = read_list(&f, &sig, d, &q, &j, &old, &is_signed, err);
	if (r)
		return r;
	/* To be listed is what may have failed the last time. */
	if (is_signed) {
		*ret = old;
		return list_referrer(&f, d->digest, ret, old.digest, err);
	}
	r = push_layer(g, key, payload, len, &layer, err);
	if (r)
		return r;
	if (json_array_append_new(json_object_get(j, "layers"), layer))
		return eu_error_oom(err);
	r = push_list(&f, &sig, d, &j, ret, err);
	return r ?: list_referrer(&f, d->digest, ret, old.digest, err);
}
