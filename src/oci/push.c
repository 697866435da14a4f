/* SPDX-License-Identifier: MIT */
#include "oci/push.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct push {
	struct eu_registry *to;
	const struct eu_store *store; /* or NULL */
	const struct eu_ref *ref;
	const json_t *notes;
	/*
	 * The registry is from before artifacts had a type of their own: the
	 * config has it then, as other clients do it.
	 */
	bool old;
};

static int describe(const char *type, const void *data, size_t len,
		    struct eu_descriptor *ret, struct eu_error *err)
{
	*ret = (struct eu_descriptor){ .size = len };
	snprintf(ret->type, sizeof(ret->type), "%s", type);
	return eu_digest_of(data, len, ret->digest, err);
}

static json_t *begin(const char *type)
{
	json_t *j = json_object();

	eu_json_put(&j, "schemaVersion", json_integer(2));
	eu_json_put_text(&j, "mediaType", type);
	return j;
}

static void put_notes(json_t **j, const json_t *notes)
{
	if (json_object_size(notes))
		eu_json_put(j, "annotations", json_deep_copy(notes));
}

static json_t *manifest(const char *artifact, const struct eu_descriptor *config,
			const struct eu_descriptor *layer, const json_t *notes)
{
	json_t *j = begin(EU_OCI_MANIFEST), *layers = json_array();

	eu_json_put_text(&j, "artifactType", artifact);
	eu_json_put(&j, "config", eu_descriptor_json(config));
	eu_json_add(&layers, eu_descriptor_json(layer));
	eu_json_put(&j, "layers", layers);
	put_notes(&j, notes);
	return j;
}

/* As @tag, or by its digest alone. */
static int give(struct push *p, const json_t *j, const char *type,
		const char *tag, struct eu_descriptor *ret, struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	size_t len;
	int r;

	text = j ? eu_json_write(j, &len) : NULL;
	if (!text)
		return eu_error_oom(err);
	r = describe(type, text, len, ret, err);
	if (r)
		return r;
	return eu_registry_push_manifest(p->to, tag ?: ret->digest, type, text,
					 len, err);
}

static int give_manifest(struct push *p, const struct eu_artifact *kind,
			 const struct eu_descriptor *layer, const json_t *notes,
			 const char *tag, struct eu_descriptor *ret,
			 struct eu_error *err)
{
	const bool old = p->old && kind->artifact;
	eu_auto_json json_t *j = NULL;
	struct eu_descriptor config;
	int r = describe(old ? kind->artifact : kind->config, EU_OCI_EMPTY_TEXT,
			 strlen(EU_OCI_EMPTY_TEXT), &config, err);

	if (r)
		return r;
	j = manifest(old ? NULL : kind->artifact, &config, layer, notes);
	r = give(p, j, EU_OCI_MANIFEST, tag, ret, err);
	if (r != -EOPNOTSUPP || p->old || !kind->artifact)
		return r;
	p->old = true;
	return give_manifest(p, kind, layer, notes, tag, ret, err);
}

struct holder {
	const struct push *p;
	const char *digest;
	char path[EU_REF_PATH];
};

/* Is it another repository of the registry, with that blob? */
static int holds(void *ctx, const char *name, const struct eu_descriptor *d,
		 struct eu_error *err)
{
	struct holder *h = ctx;
	const struct push *p = h->p;
	eu_auto_manifest struct eu_manifest m = { 0 };
	struct eu_ref ref;
	bool found;

	(void)err;
	if (eu_ref_parse(name, &ref, NULL) || strcmp(ref.host, p->ref->host) ||
	    !strcmp(ref.path, p->ref->path) ||
	    eu_store_manifest(p->store, d, &m, NULL) || m.index)
		return 0;
	found = !strcmp(m.config.digest, h->digest);
	for (size_t i = 0; i < m.n && !found; i++)
		found = !strcmp(m.parts[i].digest, h->digest);
	if (found)
		memcpy(h->path, ref.path, sizeof(h->path));
	return found;
}

static int give_blob(struct push *p, const struct eu_descriptor *d,
		     const char *data, struct eu_error *err)
{
	struct holder h = { .p = p, .digest = d->digest };

	if (p->store)
		eu_store_foreach(p->store, holds, &h, NULL);
	return eu_registry_push_blob(p->to, d, data, *h.path ? h.path : NULL,
				     err);
}

static int give_blobs(struct push *p, const struct eu_artifact *kind,
		      const struct eu_push_file *f, struct eu_descriptor *layer,
		      struct eu_error *err)
{
	struct eu_descriptor config;
	int r = describe(kind->layer, f->data, f->len, layer, err);

	if (!r)
		r = describe(kind->config, EU_OCI_EMPTY_TEXT,
			     strlen(EU_OCI_EMPTY_TEXT), &config, err);
	if (!r)
		r = give_blob(p, layer, f->data, err);
	return r ?: give_blob(p, &config, EU_OCI_EMPTY_TEXT, err);
}

/* What is said of it; -EINVAL if it cannot be run. */
static int look_at(const struct eu_push_file *f, const json_t *notes,
		   json_t **ret, struct eu_error *err)
{
	const struct eu_artifact *kind = eu_artifact_of(f->data, f->len);
	eu_auto_json json_t *all = json_deep_copy(notes);
	int r;

	if (!kind)
		return eu_error_set(
			err, -EINVAL,
			"'%s' is no package, BPF object, archive or Wasm module",
			f->title);
	eu_about_put(&all, EU_OCI_TITLE, f->title);
	r = eu_about_program(f->data, f->len, f->title, &all, err);
	/* Any text in braces is told as a package. */
	if (r && !strcmp(kind->what, "package"))
		return r;
	if (!all)
		return eu_error_oom(err);
	*ret = eu_take_ptr(all);
	return 0;
}

static int push_file(struct push *p, const struct eu_push_file *f,
		     const json_t *notes, const char *tag,
		     struct eu_descriptor *ret, struct eu_error *err)
{
	const struct eu_artifact *kind = eu_artifact_of(f->data, f->len);
	eu_auto_json json_t *own = json_object();
	struct eu_descriptor layer;
	int r;

	eu_about_put(&own, EU_OCI_TITLE, f->title);
	if (!own)
		return eu_error_oom(err);
	r = give_blobs(p, kind, f, &layer, err);
	layer.annotations = own;
	return r ?: give_manifest(p, kind, &layer, notes, tag, ret, err);
}

static int push_index(struct push *p, const struct eu_push_file *files,
		      size_t n, const json_t *said, const char *tag,
		      struct eu_descriptor *ret, struct eu_error *err)
{
	eu_auto_json json_t *j = begin(EU_OCI_INDEX), *list = json_array();
	struct eu_descriptor d;
	json_t *one;
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		r = push_file(p, &files[i], json_array_get(said, i), NULL, &d,
			      err);
		if (r)
			return eu_error_prefix(err, r, "'%s'", files[i].title);
		one = eu_descriptor_json(&d);
		if (files[i].arch)
			eu_json_put(&one, "platform",
				    json_pack("{s:s, s:s}", "architecture",
					      files[i].arch, "os", "linux"));
		eu_json_add(&list, one);
	}
	eu_json_put(&j, "manifests", eu_take_ptr(list));
	put_notes(&j, p->notes);
	return give(p, j, EU_OCI_INDEX, tag, ret, err);
}

int eu_push(struct eu_registry *g, const struct eu_store *s,
	    const struct eu_ref *ref, const struct eu_push_file *files, size_t n,
	    const json_t *notes, char ret_digest[EU_DIGEST], struct eu_error *err)
{
	eu_auto_json json_t *all = notes ? json_deep_copy(notes) : json_object();
	eu_auto_json json_t *said = json_array();
	struct push p = { .to = g, .store = s, .ref = ref };
	const char *tag = *ref->tag ? ref->tag : NULL;
	struct eu_descriptor d;
	json_t *one = NULL;
	int r = 0;

	eu_about_time(&all);
	p.notes = all;
	/* All of them, before anybody gets one. */
	for (size_t i = 0; i < n && !r && all; i++) {
		r = look_at(&files[i], all, &one, err);
		if (!r)
			eu_json_add(&said, one);
	}
	if (r)
		return r;
	if (!all || !said)
		return eu_error_oom(err);
	r = n == 1 && !files->arch ?
		    push_file(&p, files, json_array_get(said, 0), tag, &d, err) :
		    push_index(&p, files, n, said, tag, &d, err);
	if (!r)
		memcpy(ret_digest, d.digest, EU_DIGEST);
	return r;
}
