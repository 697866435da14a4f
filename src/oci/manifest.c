/* SPDX-License-Identifier: MIT */
#include "oci/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pkg/package.h"

static const struct {
	const char *type;
	bool index;
} types[] = {
	{ EU_OCI_MANIFEST, false },
	{ EU_OCI_INDEX, true },
	{ "application/vnd.docker.distribution.manifest.v2+json", false },
	{ "application/vnd.docker.distribution.manifest.list.v2+json", true },
};

bool eu_manifest_is_index(const char *type)
{
	for (size_t i = 0; i < EU_COUNT(types); i++) {
		if (types[i].index && !strcmp(types[i].type, type))
			return true;
	}
	return false;
}

static int bad(struct eu_error *err, const char *what)
{
	return eu_error_set(err, -EINVAL, "the manifest %s", what);
}

int eu_descriptor_read(const json_t *j, struct eu_descriptor *ret,
		       struct eu_error *err)
{
	const char *digest = eu_json_str(j, "digest");
	const char *type = eu_json_str(j, "mediaType");
	uint64_t size;

	if (!digest || !eu_digest_is_valid(digest))
		return bad(err, "names a part by no sha256 digest");
	if (!type || strlen(type) >= sizeof(ret->type))
		return bad(err, "has a part without a type");
	if (eu_json_u64(json_object_get(j, "size"), &size))
		return bad(err, "has a part without a size");
	*ret = (struct eu_descriptor){
		.size = size,
		.annotations = json_object_get(j, "annotations"),
		.platform = json_object_get(j, "platform"),
	};
	snprintf(ret->type, sizeof(ret->type), "%s", type);
	snprintf(ret->digest, sizeof(ret->digest), "%s", digest);
	return 0;
}

static int read_parts(struct eu_manifest *m, struct eu_error *err)
{
	const json_t *list = json_object_get(m->json,
					     m->index ? "manifests" : "layers");
	const size_t n = json_array_size(list);
	int r = 0;

	if (!json_is_array(list))
		return bad(err, m->index ? "has no list 'manifests'" :
					   "has no list 'layers'");
	if (n > EU_LAYERS_MAX)
		return eu_error_set(err, -E2BIG,
				    "the manifest has more than %d parts",
				    EU_LAYERS_MAX);
	m->parts = calloc(n + 1, sizeof(*m->parts));
	if (!m->parts)
		return eu_error_oom(err);
	for (; m->n < n && !r; m->n++)
		r = eu_descriptor_read(json_array_get(list, m->n),
				       &m->parts[m->n], err);
	return r;
}

static void set_type(char to[EU_OCI_TYPE], const char *from)
{
	snprintf(to, EU_OCI_TYPE, "%s", from ?: "");
}

/* What it is: by its own word, the registry's, or what is in it. */
static int find_type(struct eu_manifest *m, const char *type, struct eu_error *err)
{
	const char *own = eu_json_str(m->json, "mediaType");

	set_type(m->type, own ?: type);
	for (size_t i = 0; i < EU_COUNT(types); i++) {
		if (!strcmp(types[i].type, m->type)) {
			m->index = types[i].index;
			return 0;
		}
	}
	if (own)
		return eu_error_set(err, -EINVAL,
				    "a manifest of type '%s' is not known here",
				    own);
	m->index = json_object_get(m->json, "manifests");
	set_type(m->type, m->index ? EU_OCI_INDEX : EU_OCI_MANIFEST);
	return 0;
}

static int read_all(struct eu_manifest *m, const char *type, struct eu_error *err)
{
	const char *artifact;
	int r;

	if (!json_is_object(m->json))
		return bad(err, "is no JSON object");
	r = find_type(m, type, err);
	if (!r)
		r = read_parts(m, err);
	if (!r && !m->index)
		r = eu_descriptor_read(json_object_get(m->json, "config"),
				       &m->config, err);
	artifact = eu_json_str(m->json, "artifactType");
	set_type(m->artifact, artifact ?: m->config.type);
	return r;
}

int eu_manifest_read(const char *data, size_t len, const char *type,
		     struct eu_manifest *ret, struct eu_error *err)
{
	struct eu_manifest m = { 0 };
	struct eu_error own;
	int r;

	err = err ?: &own;
	m.json = eu_json_read(data, len, err);
	if (!m.json)
		return eu_error_prefix(err, err->code, "the manifest");
	r = read_all(&m, type, err);
	if (r) {
		eu_manifest_done(&m);
		return r;
	}
	*ret = m;
	return 0;
}

void eu_manifest_done(struct eu_manifest *m)
{
	json_decref(m->json);
	free(m->parts);
	*m = (struct eu_manifest){ 0 };
}

uint64_t eu_manifest_size(const struct eu_manifest *m,
			  const struct eu_descriptor *d)
{
	uint64_t size = d->size + m->config.size;

	for (size_t i = 0; i < m->n; i++)
		size += m->parts[i].size;
	return size;
}

json_t *eu_descriptor_json(const struct eu_descriptor *d)
{
	json_t *j = json_object();

	eu_json_put_text(&j, "mediaType", d->type);
	eu_json_put_text(&j, "digest", d->digest);
	eu_json_put(&j, "size", json_integer((json_int_t)d->size));
	if (d->annotations)
		eu_json_put(&j, "annotations", json_deep_copy(d->annotations));
	if (d->platform)
		eu_json_put(&j, "platform", json_deep_copy(d->platform));
	return j;
}

/* Go's names of machines, which images bear. */
static const struct {
	const char *own, *platform;
} platforms[] = {
	{ "x86", "amd64" },	{ "arm64", "arm64" },
	{ "arm", "arm" },	{ "riscv", "riscv64" },
	{ "s390", "s390x" },	{ "powerpc", "ppc64le" },
	{ "mips", "mips64le" }, { "loongarch", "loong64" },
};

const char *eu_platform(const char *arch)
{
	arch = arch ?: eu_arch_host();
	for (size_t i = 0; i < EU_COUNT(platforms); i++) {
		if (!strcmp(platforms[i].own, arch) ||
		    !strcmp(platforms[i].platform, arch))
			return platforms[i].platform;
	}
	return NULL;
}

const struct eu_descriptor *eu_index_pick(const struct eu_manifest *m,
					  const char *arch)
{
	const struct eu_descriptor *any = NULL;
	const char *its, *os;

	for (size_t i = 0; i < m->n; i++) {
		its = eu_json_str(m->parts[i].platform, "architecture");
		os = eu_json_str(m->parts[i].platform, "os");
		if (its && arch && !strcmp(its, arch) &&
		    (!os || !strcmp(os, "linux")))
			return &m->parts[i];
		if (!any && !its)
			any = &m->parts[i];
	}
	return any;
}

const char *eu_descriptor_note(const struct eu_descriptor *d, const char *name)
{
	return eu_json_str(d->annotations, name);
}
