/* SPDX-License-Identifier: MIT */
#include "oci/artifact.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "oci/gzip.h"
#include "oci/layers.h"

#define WASM_LAYER "application/vnd.wasm.content.layer.v1+wasm"
#define WASM_CONFIG "application/vnd.wasm.config.v1+json"
#define PACKAGE "application/vnd.eunomia.package.v1+json"
#define OBJECT "application/vnd.eunomia.object.v1"
#define ARCHIVE "application/vnd.eunomia.archive.v1.tar"

enum { TAR_MAGIC = 257 };

/* Bytes of all blobs of a manifest. */
static const uint64_t PULL_MAX = 512 << 20;

static const char EMPTY[] = "{}";

/* In the order of "magics". */
static const struct eu_artifact kinds[] = {
	{ "Wasm module", WASM_LAYER, WASM_CONFIG, NULL },
	{ "package", PACKAGE, EU_OCI_EMPTY, PACKAGE },
	{ "BPF object", OBJECT, EU_OCI_EMPTY, OBJECT },
	{ "archive", ARCHIVE, EU_OCI_EMPTY, ARCHIVE },
};

static const struct {
	size_t at;
	const char *bytes;
	size_t len;
} magics[] = {
	{ 0, "\0asm", 4 },
	{ 0, "{", 1 },
	{ 0, "\177ELF", 4 },
	{ TAR_MAGIC, "ustar", 5 },
};

const struct eu_artifact *eu_artifact_of(const void *data, size_t len)
{
	const char *p = data;

	for (size_t i = 0; i < EU_COUNT(kinds); i++) {
		if (len >= magics[i].at + magics[i].len &&
		    !memcmp(p + magics[i].at, magics[i].bytes, magics[i].len))
			return &kinds[i];
	}
	return NULL;
}

/* ---- pushing */

static int describe(const char *type, const void *data, size_t len,
		    struct eu_descriptor *ret, struct eu_error *err)
{
	*ret = (struct eu_descriptor){ .size = len };
	snprintf(ret->type, sizeof(ret->type), "%s", type);
	return eu_digest_of(data, len, ret->digest, err);
}

static void put_default(json_t **notes, const char *name, const char *value)
{
	if (value && !json_object_get(*notes, name))
		eu_json_put_text(notes, name, value);
}

/* $SOURCE_DATE_EPOCH as RFC 3339; without it results would differ each time. */
static const char *created(char *to, size_t size)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	char *end = NULL;
	time_t t = text ? strtoll(text, &end, 10) : 0;
	struct tm tm;

	if (!text || !*text || *end || !gmtime_r(&t, &tm) ||
	    !strftime(to, size, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return NULL;
	return to;
}

static json_t *manifest(const struct eu_artifact *kind,
			const struct eu_descriptor *config,
			const struct eu_descriptor *layer, const json_t *notes)
{
	json_t *j = json_object(), *layers = json_array();

	eu_json_put(&j, "schemaVersion", json_integer(2));
	eu_json_put_text(&j, "mediaType", EU_OCI_MANIFEST);
	eu_json_put_text(&j, "artifactType", kind->artifact);
	eu_json_put(&j, "config", eu_descriptor_json(config));
	eu_json_add(&layers, eu_descriptor_json(layer));
	eu_json_put(&j, "layers", layers);
	if (json_object_size(notes))
		eu_json_put(&j, "annotations", json_deep_copy(notes));
	return j;
}

static int push_manifest(struct eu_registry *g, const struct eu_ref *ref,
			 const json_t *j, char ret_digest[EU_DIGEST],
			 struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	size_t len;
	int r;

	text = j ? eu_json_write(j, &len) : NULL;
	if (!text)
		return eu_error_oom(err);
	r = eu_digest_of(text, len, ret_digest, err);
	if (r)
		return r;
	return eu_registry_push_manifest(g, *ref->tag ? ref->tag : ret_digest,
					 EU_OCI_MANIFEST, text, len, err);
}

int eu_artifact_push(struct eu_registry *g, const struct eu_ref *ref,
		     const void *data, size_t len, const json_t *notes,
		     const char *title, char ret_digest[EU_DIGEST],
		     struct eu_error *err)
{
	const struct eu_artifact *kind = eu_artifact_of(data, len);
	eu_auto_json json_t *all = notes ? json_deep_copy(notes) : json_object();
	eu_auto_json json_t *own = NULL, *j = NULL;
	struct eu_descriptor config, layer;
	char when[32];
	int r;

	if (!kind)
		return eu_error_set(
			err, -EINVAL,
			"'%s' is no package, BPF object, archive or Wasm module",
			title);
	put_default(&all, EU_OCI_TITLE, title);
	put_default(&all, "org.opencontainers.image.created",
		    created(when, sizeof(when)));
	own = json_pack("{s:s}", EU_OCI_TITLE, title);
	r = describe(kind->config, EMPTY, sizeof(EMPTY) - 1, &config, err);
	if (!r)
		r = describe(kind->layer, data, len, &layer, err);
	if (!r)
		r = eu_registry_push_blob(g, &layer, data, err);
	if (!r)
		r = eu_registry_push_blob(g, &config, EMPTY, err);
	if (r)
		return r;
	layer.annotations = own;
	j = manifest(kind, &config, &layer, all);
	return push_manifest(g, ref, j, ret_digest, err);
}

/* ---- pulling */

struct wanted {
	struct eu_registry *from;
	const struct eu_descriptor *d;
};

static int fill_blob(void *ctx, struct eu_store_writer *w, struct eu_error *err)
{
	const struct wanted *b = ctx;

	return eu_registry_blob(b->from, b->d, eu_store_write, w, err);
}

static int get_blob(struct eu_registry *g, const struct eu_store *s,
		    const struct eu_descriptor *d, struct eu_error *err)
{
	struct wanted b = { g, d };

	return eu_store_fill(s, d, fill_blob, &b, err);
}

/* A manifest into the store, and what it says. */
static int get_manifest(struct eu_registry *g, const struct eu_store *s,
			const char *which, struct eu_descriptor *d,
			struct eu_manifest *ret, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	int r = eu_registry_manifest(g, which, d, &data, err);

	if (r)
		return r;
	r = eu_manifest_read(data, d->size, d->type, ret, err);
	if (r)
		return r;
	memcpy(d->type, ret->type, sizeof(d->type));
	r = eu_store_put(s, d, data, err);
	if (r)
		eu_manifest_done(ret);
	return r;
}

static int get_parts(struct eu_registry *g, const struct eu_store *s,
		     const struct eu_manifest *m, struct eu_error *err)
{
	uint64_t all = m->config.size;
	int r;

	for (size_t i = 0; i < m->n; i++) {
		if (__builtin_add_overflow(all, m->parts[i].size, &all))
			all = UINT64_MAX;
	}
	if (all > PULL_MAX)
		return eu_error_set(err, -E2BIG,
				    "it has more than the %llu MiB that are pulled",
				    (unsigned long long)PULL_MAX >> 20);
	r = get_blob(g, s, &m->config, err);
	for (size_t i = 0; i < m->n && !r; i++)
		r = get_blob(g, s, &m->parts[i], err);
	return r;
}

int eu_artifact_pull(struct eu_registry *g, const struct eu_store *s,
		     const struct eu_ref *ref, struct eu_descriptor *ret,
		     struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 }, index = { 0 };
	const struct eu_descriptor *mine;
	struct eu_descriptor d;
	eu_auto_close int held = eu_store_use(s, err);
	char which[EU_DIGEST];
	int r;

	if (held < 0)
		return held;
	r = get_manifest(g, s, eu_ref_which(ref), &d, &m, err);
	if (r)
		return r;
	if (m.index) {
		index = m;
		m = (struct eu_manifest){ 0 };
		mine = eu_index_pick(&index);
		if (!mine)
			return eu_error_set(err, -ENOENT,
					    "there is nothing for this machine");
		memcpy(which, mine->digest, sizeof(which));
		r = get_manifest(g, s, which, &d, &m, err);
	}
	if (!r && m.index)
		r = eu_error_set(err, -EINVAL, "it is an index in an index");
	if (!r)
		r = get_parts(g, s, &m, err);
	if (!r)
		r = eu_store_tag(s, ref, &d, err);
	if (!r)
		*ret = d;
	return r;
}

/* Types of layers that are run, ours and others'. */
static const char *const runnable[] = {
	WASM_LAYER,
	PACKAGE,
	OBJECT,
	ARCHIVE,
	"application/vnd.gadget.ebpf.program.v1+binary",
	"application/ebpf.oci.image.program.v1+binary",
};

static const struct eu_descriptor *pick(const struct eu_manifest *m)
{
	for (size_t k = 0; k < EU_COUNT(runnable); k++) {
		for (size_t i = 0; i < m->n; i++) {
			if (!strcmp(m->parts[i].type, runnable[k]))
				return &m->parts[i];
		}
	}
	return NULL;
}

/* What a bpfman image says that it is, among its labels; to be freed. */
static char *labelled(const struct eu_store *s, const struct eu_manifest *m)
{
	eu_auto_free char *data = NULL;
	eu_auto_json json_t *j = NULL;
	const char *name;
	size_t len;

	if (eu_store_read(s, m->config.digest, EU_MANIFEST_MAX, &data, &len, NULL))
		return NULL;
	j = eu_json_read(data, len, NULL);
	name = eu_json_str(json_object_get(json_object_get(j, "config"), "Labels"),
			   "io.ebpf.filename");
	return name ? strdup(name) : NULL;
}

/* Of what other tools made: the one program among the files of its layers. */
static int search(const struct eu_store *s, const struct eu_manifest *m,
		  uint64_t max, struct eu_layer_file *ret, struct eu_error *err)
{
	eu_auto_layers struct eu_layers l = { .max = max };
	eu_auto_free char *wanted = labelled(s, m), *data = NULL;
	struct eu_layer_file *f;
	size_t len = 0;
	int r = 0;

	for (size_t i = 0; i < m->n && !r; i++) {
		free(eu_take_ptr(data));
		r = eu_store_read(s, m->parts[i].digest, max, &data, &len, err);
		if (!r)
			r = eu_layers_add(&l, data, len,
					  eu_descriptor_note(&m->parts[i],
							     EU_OCI_TITLE),
					  err);
	}
	if (!r)
		r = eu_layers_pick(&l, wanted, &f, err);
	/* Who gives us one file and nothing else will know why. */
	if (r == -ENOENT && m->n == 1 && !eu_gzip_is(data, len)) {
		*ret = (struct eu_layer_file){ .data = eu_take_ptr(data),
					       .len = len };
		return 0;
	}
	if (r)
		return r;
	*ret = *f;
	*f = (struct eu_layer_file){ 0 };
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int eu_artifact_read(const struct eu_store *s, const struct eu_descriptor *d,
		     uint64_t max, char **ret_data, size_t *ret_len,
		     char **ret_title, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	struct eu_layer_file found = { 0 };
	const struct eu_descriptor *part;
	const char *title = NULL;
	int r = eu_store_manifest(s, d, &m, err);

	if (r)
		return r;
	part = pick(&m);
	if (part)
		r = eu_store_read(s, part->digest, max, &found.data, &found.len,
				  err);
	else
		r = search(s, &m, max, &found, err);
	if (r)
		return r;
	if (found.path && *found.path)
		title = base_name(found.path);
	else if (part || m.n == 1)
		title = eu_descriptor_note(part ?: &m.parts[0], EU_OCI_TITLE) ?:
				eu_json_str(json_object_get(m.json, "annotations"),
					    EU_OCI_TITLE);
	if (ret_title)
		*ret_title = title ? strdup(title) : NULL;
	free(found.path);
	*ret_data = found.data;
	*ret_len = found.len;
	return 0;
}
