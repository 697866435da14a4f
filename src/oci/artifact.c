/* SPDX-License-Identifier: MIT */
#include "oci/artifact.h"

#include <errno.h>
#include <string.h>

#include "base/child.h"
#include "base/file.h"
#include "oci/about.h"
#include "oci/gzip.h"
#include "oci/layers.h"
#include "oci/trust.h"

#define WASM_LAYER "application/vnd.wasm.content.layer.v1+wasm"
#define WASM_CONFIG "application/vnd.wasm.config.v1+json"
#define PACKAGE "application/vnd.eunomia.package.v1+json"
#define OBJECT "application/vnd.eunomia.object.v1"
#define ARCHIVE "application/vnd.eunomia.archive.v1.tar"

enum { TAR_MAGIC = 257 };

/* Bytes of all blobs of what is pulled, and what layers unpack to. */
static const uint64_t PULL_MAX = 512 << 20;

#define EMPTY_DIGEST \
	"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

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

/* ---- pulling */

struct pull {
	struct eu_registry *from;
	const struct eu_store *to;
	uint64_t bytes; /* so far */
};

/* Blobs that are on their way together. */
struct group {
	const struct eu_descriptor *d[EU_REGISTRY_PARTS];
	size_t n;
};

static bool is_empty(const struct eu_descriptor *d)
{
	return d->size == strlen(EU_OCI_EMPTY_TEXT) &&
	       !strcmp(d->digest, EMPTY_DIGEST);
}

static int begin_all(const struct eu_store *s, const struct group *g,
		     struct eu_store_writer *w, struct eu_registry_part *parts,
		     struct eu_error *err)
{
	int r = 0;

	for (size_t i = 0; i < g->n; i++)
		w[i] = (struct eu_store_writer){ .fd = -1 };
	for (size_t i = 0; i < g->n && !r; i++) {
		r = eu_store_begin(s, g->d[i], &w[i], err);
		parts[i] = (struct eu_registry_part){ .d = g->d[i],
						      .write = eu_store_write,
						      .ctx = &w[i] };
	}
	return r;
}

/* Those that are whole are kept, whatever became of the others. */
static int keep_all(const struct group *g, struct eu_store_writer *w, int r,
		    struct eu_error *err)
{
	for (size_t i = 0; i < g->n; i++) {
		if (w[i].tmp)
			eu_store_ahead(&w[i]);
	}
	for (size_t i = 0; i < g->n; i++) {
		if (!r)
			r = eu_store_keep(&w[i], err);
		else if (w[i].tmp && w[i].size == g->d[i]->size)
			eu_store_keep(&w[i], NULL);
	}
	return r;
}

static int get_group(const struct pull *p, struct group *g, struct eu_error *err)
{
	struct eu_registry_part parts[EU_REGISTRY_PARTS];
	struct eu_store_writer w[EU_REGISTRY_PARTS];
	int r;

	if (!g->n)
		return 0;
	r = begin_all(p->to, g, w, parts, err);
	if (!r)
		r = eu_registry_blobs(p->from, parts, g->n, err);
	r = keep_all(g, w, r, err);
	for (size_t i = 0; i < g->n; i++)
		eu_store_end(&w[i]);
	g->n = 0;
	return r;
}

static int get_blob(const struct pull *p, struct group *g,
		    const struct eu_descriptor *d, struct eu_error *err)
{
	/* The config of most: nobody has to be asked what it says. */
	if (is_empty(d))
		return eu_store_put(p->to, d, EU_OCI_EMPTY_TEXT, err);
	if (eu_store_has(p->to, d))
		return 0;
	for (size_t i = 0; i < g->n; i++) {
		if (g->d[i]->size == d->size &&
		    !strcmp(g->d[i]->digest, d->digest))
			return 0;
	}
	g->d[g->n++] = d;
	return g->n == EU_REGISTRY_PARTS ? get_group(p, g, err) : 0;
}

int eu_artifact_manifest(struct eu_registry *g, const char *which,
			 struct eu_descriptor *ret_d, struct eu_manifest *ret,
			 char **ret_data, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	struct eu_descriptor d;
	int r = eu_registry_manifest(g, which, &d, &data, err);

	if (!r)
		r = eu_manifest_read(data, d.size, d.type, ret, err);
	if (r)
		return r;
	memcpy(d.type, ret->type, sizeof(d.type));
	*ret_d = d;
	if (ret_data)
		*ret_data = eu_take_ptr(data);
	return 0;
}

/*
 * A manifest, and what it says. It is written to the store, and the disk has it
 * while its blobs are waited for, but is kept when they are: one wait for the
 * disk is saved. An index is kept at once, as what it vouches for is looked up
 * there. @w, which has nothing yet, refers to @d.
 */
static int get_manifest(const struct pull *p, const char *which,
			struct eu_descriptor *d, struct eu_manifest *ret,
			struct eu_store_writer *w, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	int r = eu_artifact_manifest(p->from, which, d, ret, &data, err);

	if (r)
		return r;
	if (ret->index)
		r = eu_store_put(p->to, d, data, err);
	else if (!eu_store_has(p->to, d))
		r = eu_store_begin(p->to, d, w, err) ?:
			    eu_store_write(w, data, d->size, err);
	if (w->tmp)
		eu_store_ahead(w);
	if (r)
		eu_manifest_done(ret);
	return r;
}

/* The blobs of a manifest, and so itself. */
static int get_parts(struct pull *p, const struct eu_manifest *m,
		     struct eu_store_writer *w, struct eu_error *err)
{
	struct group g = { 0 };
	uint64_t all;
	int r;

	if (m->index)
		return eu_error_set(err, -EINVAL, "it is an index in an index");
	if (__builtin_add_overflow(p->bytes, m->config.size, &all))
		all = UINT64_MAX;
	for (size_t i = 0; i < m->n; i++) {
		if (__builtin_add_overflow(all, m->parts[i].size, &all))
			all = UINT64_MAX;
	}
	if (all > PULL_MAX)
		return eu_error_set(err, -E2BIG,
				    "it has more than the %llu MiB that are pulled",
				    (unsigned long long)PULL_MAX >> 20);
	p->bytes = all;
	r = get_blob(p, &g, &m->config, err);
	for (size_t i = 0; i < m->n && !r; i++)
		r = get_blob(p, &g, &m->parts[i], err);
	if (!r)
		r = get_group(p, &g, err);
	return r || !w->tmp ? r : eu_store_keep(w, err);
}

/* A manifest of an index, with its blobs. */
static int get_whole(struct pull *p, const char *digest,
		     struct eu_descriptor *ret, struct eu_error *err)
{
	eu_auto_store_writer struct eu_store_writer w = { .fd = -1 };
	eu_auto_manifest struct eu_manifest m = { 0 };
	int r = get_manifest(p, digest, ret, &m, &w, err);

	return r ?: get_parts(p, &m, &w, err);
}

static int nothing_for(const struct eu_artifact_which *which, struct eu_error *err)
{
	return which->arch ?
		       eu_error_set(err, -ENOENT, "there is nothing for '%s'",
				    which->arch) :
		       eu_error_set(err, -ENOENT,
				    "there is nothing for this machine");
}

static const struct eu_descriptor *pick_manifest(
	const struct eu_manifest *index, const struct eu_artifact_which *which)
{
	return eu_index_pick(index, which->arch ?: eu_platform(NULL));
}

static int pull_index(struct pull *p, struct eu_ref *ref,
		      const struct eu_manifest *index,
		      const struct eu_artifact_which *which,
		      struct eu_descriptor *d, struct eu_error *err)
{
	const struct eu_descriptor *one = pick_manifest(index, which);
	struct eu_descriptor other;
	int r;

	if (which->all) {
		r = eu_trust_image(p->from, p->to, ref, d, err);
		for (size_t i = 0; i < index->n && !r; i++)
			r = get_whole(p, index->parts[i].digest, &other, err);
		return r;
	}
	if (!one)
		return nothing_for(which, err);
	/* Here the name will be asked for by this machine. */
	if (one != pick_manifest(index, &(struct eu_artifact_which){ 0 })) {
		*ref->tag = '\0';
		memcpy(ref->digest, one->digest, sizeof(ref->digest));
	}
	other = *one;
	memcpy(other.index, d->digest, sizeof(other.index));
	r = eu_trust_image(p->from, p->to, ref, &other, err);
	if (!r)
		r = get_whole(p, one->digest, d, err);
	if (!r)
		memcpy(d->index, other.index, sizeof(d->index));
	return r;
}

int eu_artifact_pull(struct eu_registry *g, const struct eu_store *s,
		     const struct eu_ref *ref,
		     const struct eu_artifact_which *which,
		     struct eu_descriptor *ret, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	eu_auto_close int held = eu_store_use(s, err);
	eu_auto_store_writer struct eu_store_writer w = { .fd = -1 };
	struct pull p = { .from = g, .to = s };
	struct eu_ref name = *ref;
	struct eu_descriptor d;
	int r;

	if (held < 0)
		return held;
	r = get_manifest(&p, eu_ref_which(ref), &d, &m, &w, err);
	if (!r && m.index)
		r = pull_index(&p, &name, &m, which, &d, err);
	else if (!r)
		r = eu_trust_image(g, s, ref, &d, err) ?:
			    get_parts(&p, &m, &w, err);
	if (!r)
		r = eu_store_tag(s, &name, &d, err);
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
	eu_auto_layers struct eu_layers l = { .max = max, .max_all = PULL_MAX };
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
	if (r)
		return r;
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

/* The manifest that is meant: of an index one of those that it names. */
static int open_manifest(const struct eu_store *s, const struct eu_descriptor *d,
			 const struct eu_artifact_which *which,
			 struct eu_manifest *ret, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	const struct eu_descriptor *one;
	int r = eu_store_manifest(s, d, &m, err);

	if (r)
		return r;
	if (!m.index) {
		*ret = m;
		m = (struct eu_manifest){ 0 };
		return 0;
	}
	one = pick_manifest(&m, which);
	if (!one)
		return nothing_for(which, err);
	r = eu_store_manifest(s, one, ret, err);
	if (r || !ret->index)
		return r;
	eu_manifest_done(ret);
	return eu_error_set(err, -EINVAL, "it is an index in an index");
}

/* The name of the file that is run, to be freed, or NULL. */
static char *title_of(const struct eu_manifest *m,
		      const struct eu_descriptor *part, const char *path)
{
	const char *title = NULL;

	if (path && *path)
		title = eu_path_name(path);
	else if (part || m->n == 1)
		title = eu_descriptor_note(part ?: &m->parts[0], EU_OCI_TITLE) ?:
				eu_json_str(json_object_get(m->json,
							    "annotations"),
					    EU_OCI_TITLE);
	return title ? strdup(title) : NULL;
}

int eu_artifact_read(const struct eu_store *s, const struct eu_descriptor *d,
		     const struct eu_artifact_which *which, uint64_t max,
		     char **ret_data, size_t *ret_len, char **ret_title,
		     struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	struct eu_layer_file found = { 0 };
	const struct eu_descriptor *part;
	int r = open_manifest(s, d, which, &m, err);

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
	if (ret_title)
		*ret_title = title_of(&m, part, found.path);
	free(found.path);
	*ret_data = found.data;
	*ret_len = found.len;
	return 0;
}

int eu_artifact_open(const struct eu_store *s, const struct eu_descriptor *d,
		     const struct eu_artifact_which *which, uint64_t max,
		     char **ret_title, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	struct eu_layer_file found = { 0 };
	const struct eu_descriptor *part;
	int fd, r = open_manifest(s, d, which, &m, err);

	if (r)
		return r;
	part = pick(&m);
	if (part) {
		fd = eu_store_open_blob(s, part->digest, max, err);
	} else {
		r = search(s, &m, max, &found, err);
		fd = r ? r : eu_memfd("program", found.data, found.len);
		if (!r && fd < 0)
			fd = eu_error_oom(err);
	}
	if (fd >= 0)
		*ret_title = title_of(&m, part, found.path);
	free(found.path);
	free(found.data);
	return fd;
}
