/* SPDX-License-Identifier: MIT */
#include "oci/archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pkg/tar.h"

enum { MAX_IMAGES = 1000 };

#define BLOBS "blobs/sha256/"

/* ---- saving */

static int save_blobs(const struct eu_store *s, const struct eu_digests *d,
		      struct eu_buf *out, struct eu_error *err)
{
	char name[sizeof(BLOBS) + EU_DIGEST];
	int r = 0;

	for (size_t i = 0; i < d->n && !r; i++) {
		eu_auto_free char *data = NULL;
		size_t len;

		r = eu_store_read(s, d->list[i], out->max, &data, &len, err);
		if (r)
			break;
		snprintf(name, sizeof(name), BLOBS "%s",
			 d->list[i] + strlen("sha256:"));
		eu_tar_put(out, name, data, len);
		if (out->error)
			r = eu_error_set(err, -E2BIG,
					 "the archive has more than %zu MiB",
					 out->max >> 20);
	}
	return r;
}

/* What has been looked up so far. */
struct saving {
	const struct eu_store *store;
	struct eu_digests needed;
	json_t *list;
};

static int add_entry(struct saving *s, const struct eu_ref *ref,
		     const struct eu_descriptor *d, struct eu_error *err)
{
	eu_auto_json json_t *entry = eu_store_entry(ref, d);
	size_t i;
	json_t *other;

	json_array_foreach (s->list, i, other) {
		if (entry && json_equal(entry, other))
			return 0;
	}
	return entry && !json_array_append(s->list, entry) ? 0 :
							     eu_error_oom(err);
}

/* Those that the store has, of which some layers may never have been got. */
static int add_signatures(struct saving *s, const struct eu_ref *ref,
			  const char *digest, struct eu_error *err)
{
	struct eu_descriptor d;
	struct eu_ref sig;
	int r;

	eu_ref_signatures(ref, digest, &sig);
	r = eu_store_find(s->store, &sig, &d, err);
	if (r || !eu_store_has(s->store, &d))
		return r == -ENOENT ? 0 : r;
	r = eu_store_needs_here(s->store, &d, &s->needed, err);
	return r ?: add_entry(s, &sig, &d, err);
}

static int add_image(struct saving *s, const struct eu_ref *ref,
		     struct eu_error *err)
{
	struct eu_descriptor d;
	int r = eu_store_find(s->store, ref, &d, err);

	if (!r)
		r = eu_store_needs(s->store, &d, &s->needed, err);
	if (!r)
		r = add_entry(s, ref, &d, err);
	if (!r)
		r = add_signatures(s, ref, d.digest, err);
	if (!r && *d.index)
		r = add_signatures(s, ref, d.index, err);
	return r;
}

int eu_archive_save(const struct eu_store *s, const struct eu_ref *refs,
		    size_t n, struct eu_buf *out, struct eu_error *err)
{
	eu_auto_close int held = eu_store_use(s, err);
	eu_auto_free char *text = NULL;
	eu_auto_json json_t *index = NULL;
	struct saving what = { .store = s, .list = json_array() };
	size_t len;
	int r = held < 0 ? held : 0;

	for (size_t i = 0; i < n && !r; i++)
		r = add_image(&what, &refs[i], err);
	index = json_pack("{s:i, s:s, s:o}", "schemaVersion", 2, "mediaType",
			  EU_OCI_INDEX, "manifests", what.list);
	if (!r) {
		text = index ? eu_json_write(index, &len) : NULL;
		r = text ? 0 : eu_error_oom(err);
	}
	if (!r) {
		eu_tar_put(out, "oci-layout", EU_STORE_LAYOUT,
			   strlen(EU_STORE_LAYOUT));
		eu_tar_put(out, "index.json", text, len);
		r = save_blobs(s, &what.needed, out, err);
		eu_tar_end(out);
	}
	eu_digests_done(&what.needed);
	return r;
}

/* ---- loading */

/* Nothing is unpacked; but what wants to go elsewhere is no image. */
static int check_name(const char *name, struct eu_error *err)
{
	const char *part = name;

	for (size_t n; *part; part += n + (part[n] == '/')) {
		n = strcspn(part, "/");
		if ((part == name && !n) || (n == 2 && !memcmp(part, "..", 2)))
			return eu_error_set(
				err, -EINVAL,
				"a file of the archive is called '%s', which lies outside of it",
				name);
	}
	return 0;
}

static int load_blob(const struct eu_store *s, const struct eu_tar *t,
		     struct eu_error *err)
{
	struct eu_descriptor d = { .size = t->size };
	int n = snprintf(d.digest, sizeof(d.digest), "sha256:%s",
			 t->name + strlen(BLOBS));
	int r;

	if (n >= (int)sizeof(d.digest) || !eu_digest_is_valid(d.digest))
		return eu_error_set(err, -EINVAL,
				    "'%s' of the archive has no digest for a name",
				    t->name);
	r = eu_store_put(s, &d, t->file, err);
	return r ? eu_error_prefix(err, r, "'%s' of the archive", t->name) : 0;
}

/* All blobs, and where the index is. */
static int load_blobs(const struct eu_store *s, const void *data, size_t len,
		      const char **ret_index, size_t *ret_len,
		      struct eu_error *err)
{
	bool is_layout = false;
	struct eu_tar t;
	int r;

	*ret_index = NULL;
	eu_tar_init(&t, data, len);
	while ((r = eu_tar_next(&t, err)) > 0) {
		r = check_name(t.name, err);
		if (!r && !strncmp(t.name, BLOBS, strlen(BLOBS)))
			r = load_blob(s, &t, err);
		if (r)
			return r;
		if (!strcmp(t.name, "oci-layout"))
			is_layout = true;
		if (!strcmp(t.name, "index.json")) {
			*ret_index = t.file;
			*ret_len = t.size;
		}
	}
	if (!r && (!is_layout || !*ret_index))
		r = eu_error_set(err, -EINVAL,
				 "it is no archive of images: it has no '%s'",
				 is_layout ? "index.json" : "oci-layout");
	return r;
}

/* The index that it was picked from, if that is here. */
static void settle_index(const struct eu_store *s, struct eu_descriptor *d)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	struct eu_descriptor index = { 0 };

	memcpy(index.digest, d->index, sizeof(index.digest));
	if (*d->index && (eu_store_manifest(s, &index, &m, NULL) || !m.index))
		*d->index = '\0';
}

/*
 * Is all of a manifest here? Of an index it is the one for this machine, and of
 * signatures nobody needs all.
 */
static int settle(const struct eu_store *s, struct eu_descriptor *d,
		  bool partly, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 }, index = { 0 };
	const struct eu_descriptor *mine, *lacks = NULL;
	char from[EU_DIGEST];
	int r = eu_store_manifest(s, d, &m, err);

	if (!r && m.index) {
		index = m;
		m = (struct eu_manifest){ 0 };
		mine = eu_index_pick(&index, eu_platform(NULL));
		if (!mine)
			return eu_error_set(err, -ENOENT,
					    "there is nothing for this machine");
		memcpy(from, d->digest, sizeof(from));
		*d = *mine;
		memcpy(d->index, from, sizeof(from));
		r = eu_store_manifest(s, d, &m, err);
		if (!r && m.index)
			r = eu_error_set(err, -EINVAL,
					 "it is an index in an index");
	}
	if (r)
		return r;
	memcpy(d->type, m.type, sizeof(d->type));
	d->annotations = d->platform = NULL;
	settle_index(s, d);
	if (partly)
		return 0;
	if (!eu_store_has(s, &m.config))
		lacks = &m.config;
	for (size_t i = 0; i < m.n && !lacks; i++)
		lacks = eu_store_has(s, &m.parts[i]) ? NULL : &m.parts[i];
	return lacks ? eu_error_set(err, -ENOENT, "its '%s' is not there",
				    lacks->digest) :
		       0;
}

/* By what the tools call it that write such archives; a tag alone is no name. */
static int name_of(const json_t *entry, struct eu_ref *ret, struct eu_error *err)
{
	static const char *const by[] = { "io.containerd.image.name",
					  EU_STORE_REF_NAME };
	const json_t *notes = json_object_get(entry, "annotations");
	const char *name;

	for (size_t i = 0; i < EU_COUNT(by); i++) {
		name = eu_json_str(notes, by[i]);
		if (name && strchr(name, '/') && !eu_ref_parse(name, ret, NULL))
			return 0;
	}
	return eu_error_set(err, -EINVAL,
			    "an image of it has no name: say one behind the file");
}

struct image {
	struct eu_ref ref;
	struct eu_descriptor d;
	bool signs; /* is signatures of another one */
};

static int read_image(const struct eu_store *s, const json_t *entry,
		      const struct eu_ref *as, struct image *ret,
		      struct eu_error *err)
{
	const struct eu_ref *ref = &ret->ref;
	struct eu_descriptor *d = &ret->d;
	char name[EU_REF_TEXT], digest[EU_DIGEST];
	int r = eu_store_read_entry(entry, d, err);

	if (r)
		return r;
	r = name_of(entry, &ret->ref, as ? NULL : err);
	ret->signs = !r && eu_ref_signs(&ret->ref, digest);
	if (as && ret->signs)
		eu_ref_signatures(as, digest, &ret->ref);
	else if (as)
		ret->ref = *as;
	else if (r)
		return r;
	r = settle(s, d, ret->signs, err);
	if (!r && *ref->digest && strcmp(ref->digest, d->digest) != 0 &&
	    strcmp(ref->digest, d->index) != 0)
		r = eu_error_set(err, -EBADMSG, "it is '%s'", d->digest);
	eu_ref_format(ref, name, sizeof(name));
	return r ? eu_error_prefix(err, r, "'%s'", name) : 0;
}

/* First whether all are well, then their names. */
static int load_images(const struct eu_store *s, const json_t *list,
		       const struct eu_ref *as, eu_store_fn fn, void *ctx,
		       struct eu_error *err)
{
	const size_t n = json_array_size(list);
	struct image *all = calloc(n + 1, sizeof(*all));
	char name[EU_REF_TEXT];
	size_t images = 0;
	int r = all ? 0 : eu_error_oom(err);

	for (size_t i = 0; i < n && !r; i++) {
		r = read_image(s, json_array_get(list, i), as, &all[i], err);
		images += !all[i].signs;
	}
	if (!r && as && images > 1)
		r = eu_error_set(err, -EINVAL,
				 "it has %zu images: a name is for one", images);
	for (size_t i = 0; i < n && !r; i++) {
		eu_ref_format(&all[i].ref, name, sizeof(name));
		r = eu_store_tag(s, &all[i].ref, &all[i].d, err);
		if (!r && !all[i].signs)
			r = fn(ctx, name, &all[i].d, err);
	}
	free(all);
	return r;
}

int eu_archive_load(const struct eu_store *s, const void *data, size_t len,
		    const struct eu_ref *as, eu_store_fn fn, void *ctx,
		    struct eu_error *err)
{
	eu_auto_close int held = eu_store_use(s, err);
	eu_auto_json json_t *index = NULL;
	const json_t *list;
	const char *text;
	size_t text_len, n;
	int r;

	if (held < 0)
		return held;
	r = load_blobs(s, data, len, &text, &text_len, err);
	if (r)
		return r;
	index = eu_json_read(text, text_len, err);
	if (!index)
		return eu_error_prefix(err, -EINVAL,
				       "'index.json' of the archive");
	list = json_object_get(index, "manifests");
	n = json_array_size(list);
	if (!n || n > MAX_IMAGES)
		return eu_error_set(
			err, -EINVAL,
			"'index.json' of the archive lists %zu images: from 1 to %d are taken",
			n, MAX_IMAGES);
	return load_images(s, list, as, fn, ctx, err);
}
