/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/about.h"
#include "oci/trust.h"
#include "progress.h"
#include "source.h"

static const char OCI[] = "oci://";

/* With --explain, a line on standard error. */
__attribute__((format(printf, 2, 3))) static void explain(const struct source *s,
							  const char *format, ...)
{
	va_list ap;

	if (!s->explain)
		return;
	fprintf(stderr, "%s: ", program_name);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* ---- images */

static int pull(struct source *s, const struct eu_store *store,
		const struct eu_ref *ref, struct eu_error *err)
{
	struct eu_registry *g = NULL;
	uint64_t bytes;
	struct progress progress = { 0 };
	int r = remote_complete(&s->remote, err);
	struct eu_registry_opts o = s->remote.o;

	if (!s->quiet)
		progress_begin(&progress, &o);
	if (!r)
		r = eu_registry_open(ref, &o, &g, err);
	if (!r)
		r = eu_artifact_pull(g, store, ref, &s->which, &s->manifest, err);
	bytes = eu_store_make_room(store, r);
	if (bytes) {
		explain(s,
			"there was no room: %llu bytes that nothing needed are removed",
			(unsigned long long)bytes);
		r = eu_artifact_pull(g, store, ref, &s->which, &s->manifest, err);
	}
	eu_registry_close(g);
	progress_end(&progress);
	return r;
}

/* Nobody is asked, for the one reason or the other. */
static int not_stored(int r, struct eu_error *err)
{
	if (!eu_net_is_offline())
		return eu_error_set(
			err, r,
			"the store does not have it, and '--pull never' asks nobody");
	return eu_error_set(
		err, r,
		"the store does not have it, and nobody is asked (--offline, or EUNOMIA_OFFLINE is set)");
}

/* What is run of the manifest, which the store has. */
static int read_image(const struct source *s, const struct eu_store *store,
		      struct source_bytes *ret, struct eu_error *err)
{
	int fd;

	if (!ret->as_file)
		return eu_artifact_read(store, &s->manifest, &s->which, ret->max,
					&ret->data, &ret->len, &ret->title, err);
	fd = eu_artifact_open(store, &s->manifest, &s->which, ret->max,
			      &ret->title, err);
	if (fd < 0)
		return fd;
	ret->fd = fd;
	return 0;
}

/* What the store has. -ENOENT, or -EBADMSG if it is not whole. */
static int from_store(struct source *s, const struct eu_store *store,
		      const struct eu_ref *ref, struct source_bytes *ret,
		      struct eu_error *err)
{
	const bool asks = s->pull != PULL_NEVER && !eu_net_is_offline();
	int r = eu_store_find(store, ref, &s->manifest, err);

	/* A name, or an index, stands for what is for this machine. */
	if (!r && s->which.arch && strcmp(ref->digest, s->manifest.digest) &&
	    !eu_manifest_is_index(s->manifest.type))
		r = -ENOENT;
	if (r == -ENOENT) {
		explain(s, "the store '%s' does not have it", store->dir);
		return asks ? r : not_stored(r, err);
	}
	if (r)
		return r;
	r = eu_trust_image(NULL, store, ref, &s->manifest, err);
	if ((r == -ENOENT || r == -EKEYREJECTED) && asks) {
		explain(s, "what the store has of it is not to be used: %s",
			err->text);
		return -ENOENT;
	}
	if (r)
		return r == -ENOENT ? -EKEYREJECTED : r;
	r = read_image(s, store, ret, err);
	if (r)
		explain(s, "what the store has of it cannot be used: %s",
			err->text);
	else
		explain(s, "the store '%s' has it: '%s' is not asked",
			store->dir, ref->host);
	return r;
}

static int from_registry(struct source *s, const struct eu_store *store,
			 const struct eu_ref *ref, struct source_bytes *ret,
			 struct eu_error *err)
{
	int r;

	explain(s, "'%s' is asked for it", ref->host);
	r = pull(s, store, ref, err);
	if (r)
		return r;
	r = read_image(s, store, ret, err);
	if (r != -EBADMSG)
		return r;
	/* What was damaged here is removed: it is got once more. */
	r = pull(s, store, ref, err);
	return r ?: read_image(s, store, ret, err);
}

/* With --digest no other will do, whatever the tag stands for by now. */
static int pin(const struct source *s, const struct eu_ref *ref,
	       struct eu_ref *ret, struct eu_error *err)
{
	*ret = *ref;
	if (!s->digest)
		return 0;
	if (*ref->digest && strcmp(ref->digest, s->digest) != 0)
		return eu_error_set(err, -EBADMSG,
				    "it is %s, and --digest wants %s",
				    ref->digest, s->digest);
	snprintf(ret->digest, sizeof(ret->digest), "%s", s->digest);
	return 0;
}

int source_image(struct source *s, const struct eu_ref *ref,
		 struct source_bytes *ret, struct eu_error *err)
{
	const bool offline = eu_net_is_offline();
	eu_auto_store struct eu_store store = { 0 };
	struct eu_ref pinned;
	int r;

	eu_ref_format(ref, s->image, sizeof(s->image));
	r = pin(s, ref, &pinned, err);
	if (!r)
		r = eu_trust_ask(&pinned, err);
	if (!r)
		r = eu_store_open(NULL, &store, err);
	if (r)
		return r;
	r = -ENOENT;
	if (s->pull != PULL_ALWAYS || offline)
		r = from_store(s, &store, &pinned, ret, err);
	if ((r == -ENOENT || r == -EBADMSG) && s->pull != PULL_NEVER && !offline)
		r = from_registry(s, &store, &pinned, ret, err);
	if (!r)
		explain(s, "'%s' is %s", s->image, s->manifest.digest);
	return r;
}

static int as_image(struct source *s, const struct eu_ref *ref, uint64_t max,
		    char **ret_data, size_t *ret_len, struct eu_error *err)
{
	struct source_bytes b = { .max = max };
	int r = source_image(s, ref, &b, err);

	free(b.title);
	if (r)
		return eu_error_prefix(err, r, "'%s'", s->image);
	*ret_data = b.data;
	*ret_len = b.len;
	return 0;
}

/* Of a container's image the config says it; of others nothing does. */
static json_t *platform_of(const struct eu_store *store,
			   const struct eu_manifest *m)
{
	eu_auto_free char *data = NULL;
	eu_auto_json json_t *j = NULL;
	const char *os, *arch;
	size_t len;

	if (eu_store_read(store, m->config.digest, EU_MANIFEST_MAX, &data, &len,
			  NULL))
		return NULL;
	j = eu_json_read(data, len, NULL);
	os = eu_json_str(j, "os");
	arch = eu_json_str(j, "architecture");
	return os && arch ? json_sprintf("%s/%s", os, arch) : NULL;
}

static json_t *describe_layers(const struct eu_manifest *m)
{
	json_t *list = json_array(), *j;

	for (size_t i = 0; i < m->n; i++) {
		j = json_object();
		eu_json_put_text(&j, "digest", m->parts[i].digest);
		eu_json_put_number(&j, "size", m->parts[i].size);
		eu_json_put_text(&j, "type", m->parts[i].type);
		eu_json_put_text(&j, "title",
				 eu_descriptor_note(&m->parts[i], EU_OCI_TITLE));
		eu_json_add(&list, j);
	}
	return list;
}

json_t *source_describe(const struct source *s)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	eu_auto_store struct eu_store store = { 0 };
	json_t *j = json_object(), *platform;
	const json_t *notes;

	if (!eu_store_open_there(NULL, &store, NULL))
		eu_store_manifest(&store, &s->manifest, &m, NULL);
	eu_json_put_text(&j, "name", s->image);
	eu_json_put_text(&j, "digest", s->manifest.digest);
	eu_json_put_number(&j, "size", eu_manifest_size(&m, &s->manifest));
	if (!m.json)
		return j;
	eu_json_put_text(&j, "type", m.artifact);
	notes = json_object_get(m.json, "annotations");
	if (notes)
		eu_json_put(&j, "annotations", json_deep_copy(notes));
	platform = m.index ? NULL : platform_of(&store, &m);
	if (platform)
		eu_json_put(&j, "platform", platform);
	eu_json_put(&j, "layers", describe_layers(&m));
	return j;
}

/* ---- which of them it is */

bool has_host(const char *word)
{
	const size_t n = strcspn(word, "/");

	return word[n] && (memchr(word, '.', n) || memchr(word, ':', n) ||
			   (n == 9 && !memcmp(word, "localhost", n)));
}

/* Something that can be read: a folder of that name is in nobody's way. */
static bool is_file(const char *word)
{
	struct stat st;

	return !stat(word, &st) && !S_ISDIR(st.st_mode);
}

bool source_is_bytes(const char *word)
{
	if (!strncmp(word, OCI, strlen(OCI)))
		return false;
	return !strcmp(word, "-") || strstr(word, "://") ||
	       eu_fetch_knows(word) || is_file(word);
}

int source_ref(const char *word, struct eu_ref *ret, struct eu_error *err)
{
	if (!strncmp(word, OCI, strlen(OCI)))
		return eu_ref_parse(word + strlen(OCI), ret, err);
	return remote_ref(word, ret, err);
}

/* With a tag, as in "me/x:1", it is rather not a file that is misspelt. */
static int refuse_hostless(const char *word, struct eu_error *err)
{
	struct eu_ref ref;

	if (!strchr(word, ':') || !access(word, F_OK) ||
	    eu_ref_parse(word, &ref, NULL))
		return FETCH_NOT;
	return eu_error_set(
		err, -ENOENT,
		"there is no file '%s', and a reference has a host in front: HOST[:PORT]/PATH[:TAG]",
		word);
}

/* No address, and no file: a reference, or the name of what is not there. */
static int as_reference(const char *word, struct eu_ref *ret, struct eu_error *err)
{
	if (!has_host(word))
		return refuse_hostless(word, err);
	if (!eu_ref_parse(word, ret, err))
		return 0;
	/* Folders have dots in their names, too. */
	return memchr(word, ':', strcspn(word, "/")) ? -EINVAL : FETCH_NOT;
}

static int as_address(const struct source *s, const char *url, uint64_t max,
		      char **ret_data, size_t *ret_len, struct eu_error *err)
{
	const struct eu_http_opts http = remote_http(&s->remote);
	eu_auto_free char *data = NULL;
	size_t len;
	int r = eu_trust_fetch(url, &http, max, &data, &len, err);

	if (!r)
		r = source_check(s, data, len, err);
	if (r)
		return r;
	*ret_data = eu_take_ptr(data);
	*ret_len = len;
	return 0;
}

int fetch(const char *word, struct source *from, uint64_t max, char **ret_data,
	  size_t *ret_len, struct eu_error *err)
{
	struct source own = { 0 };
	struct eu_ref ref;
	int r;

	from = from ?: &own;
	r = remote_limits(&from->remote, err);
	if (r)
		return r;
	if (!strcmp(word, "-")) {
		explain(from, "'-' is standard input");
		return FETCH_NOT;
	}
	if (!strncmp(word, OCI, strlen(OCI))) {
		if (eu_ref_parse(word + strlen(OCI), &ref, err))
			return -EINVAL;
		explain(from, "'%s' names a registry", word);
		return as_image(from, &ref, max, ret_data, ret_len, err);
	}
	if (is_file(word)) {
		r = as_reference(word, &ref, NULL);
		explain(from, "'%s' is a file%s%s", word,
			r ? "" :
			    ", and taken before what a registry has: that is oci://",
			r ? "" : word);
		return FETCH_NOT;
	}
	if (eu_fetch_knows(word)) {
		explain(from, "no file is called so: '%.*s' is an address",
			(int)(strcspn(word, ":") + 1), word);
		return as_address(from, word, max, ret_data, ret_len, err);
	}
	if (strstr(word, "://"))
		return eu_error_set(
			err, -EINVAL,
			"'%s': http, https, oci, file and data are known here",
			word);
	r = as_reference(word, &ref, err);
	if (r)
		return r;
	explain(from,
		"no file is called '%s': it is a reference, as it begins with a host, '%s'",
		word, ref.host);
	return as_image(from, &ref, max, ret_data, ret_len, err);
}
