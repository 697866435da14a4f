/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "hub.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/config.h"
#include "base/file.h"
#include "net/fetch.h"
#include "oci/trust.h"

#define SYSTEM_FILE "/etc/eunomia/hubs"

enum { CONNECT_MS = 5000, MAX_LIST = 1 << 16 };

static const uint64_t LIMIT_NS = 20000000000ull;

static const char OCI[] = "oci://", LATEST[] = "latest";

bool hub_name_parse(const char *word, struct hub_name *ret)
{
	eu_auto_free char *as = NULL;
	struct eu_ref ref;

	if (strpbrk(word, "/@") || memchr(word, '.', strcspn(word, ":")) ||
	    asprintf(&as, "localhost/%s", word) < 0 ||
	    eu_ref_parse(as, &ref, NULL))
		return false;
	memcpy(ret->name, ref.path, sizeof(ret->name));
	memcpy(ret->version, ref.tag, sizeof(ret->version));
	return true;
}

/* ---- which hubs */

static int add(struct hubs *h, const char *text, size_t len, struct eu_error *err)
{
	static const char *const schemes[] = { "http://", "https://", "file://",
					       OCI };
	size_t i;

	while (len && text[len - 1] == '/')
		len--;
	for (i = 0; i < EU_COUNT(schemes); i++) {
		if (len > strlen(schemes[i]) &&
		    !strncmp(text, schemes[i], strlen(schemes[i])))
			break;
	}
	if (i == EU_COUNT(schemes))
		return eu_error_set(
			err, -EINVAL,
			"hub '%.*s': write http://, https://, file:///PATH or oci://HOST/NAMESPACE",
			(int)len, text);
	if (h->n == HUBS_MAX)
		return eu_error_set(err, -E2BIG, "more than %d hubs", HUBS_MAX);
	h->address[h->n] = strndup(text, len);
	if (!h->address[h->n])
		return eu_error_oom(err);
	h->n++;
	return 0;
}

int hubs_option(struct hubs *h, int id, const char *value, struct eu_error *err)
{
	int r;

	if (id == HUB_ADDRESS)
		return add(h, value, strlen(value), err);
	if (id != HUB_TIMEOUT)
		return source_option(&h->from, id, value, err);
	r = parse_duration(value, &h->limit_ns, err);
	return r ? eu_error_prefix(err, r, "--hub-timeout") : 0;
}

/* Words; in a file, what stands behind '#' is for people. */
static int add_all(struct hubs *h, const char *text, struct eu_error *err)
{
	static const char blank[] = " \t\r\n";
	int r = 0;

	while (!r && *(text += strspn(text, blank))) {
		const size_t n = strcspn(text, blank);

		if (*text == '#') {
			text += strcspn(text, "\n");
			continue;
		}
		r = add(h, text, n, err);
		text += n;
	}
	return r;
}

static int add_file(struct hubs *h, const char *path, struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	size_t len;
	int r;

	if (!path || access(path, F_OK))
		return 0;
	r = eu_file_read(path, MAX_LIST, &text, &len, err);
	if (!r)
		r = add_all(h, text, err);
	return r ? eu_error_prefix(err, r, "'%s'", path) : 0;
}

int hubs_complete(struct hubs *h, const char *wanted, struct eu_error *err)
{
	const char *list = getenv("EUNOMIA_HUB");
	eu_auto_free char *own = eu_config_path("eunomia/hubs");
	int r = remote_limits(&h->from.remote, err);

	if (r)
		return r;
	h->limit_ns = h->limit_ns ?: LIMIT_NS;
	h->from.remote.o.limit_ms = eu_min(h->limit_ns / 1000000 + 1,
					   (uint64_t)INT32_MAX);
	if (h->n)
		return 0;
	if (list && *list) {
		r = add_all(h, list, err);
		if (r)
			return eu_error_prefix(err, r, "EUNOMIA_HUB");
	}
	if (!h->n)
		r = add_file(h, own, err);
	if (!r && !h->n)
		r = add_file(h, SYSTEM_FILE, err);
	if (r || h->n)
		return r;
	return eu_error_set(
		err, -ENOENT,
		"%s, and no hub is known: give one by --hub ADDRESS, in EUNOMIA_HUB or as a line of '%s'",
		wanted, own ?: SYSTEM_FILE);
}

void hubs_done(struct hubs *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->address[i]);
	h->n = 0;
	source_done(&h->from);
}

/* ---- kinds of them */

const char *hub_namespace(const char *address)
{
	return strncmp(address, OCI, strlen(OCI)) ? NULL : address + strlen(OCI);
}

int hub_reference(const char *space, const struct hub_name *name,
		  struct eu_ref *ret, struct eu_error *err)
{
	eu_auto_free char *text = NULL;

	if (!memchr(space, '/', strlen(space)) && !has_host(space) &&
	    !strpbrk(space, ".:") && strcmp(space, "localhost") != 0)
		return eu_error_set(err, -EINVAL,
				    "hub 'oci://%s' has no host in front", space);
	if (asprintf(&text, "%s/%s:%s", space, name->name, name->version) < 0) {
		text = NULL;
		return eu_error_oom(err);
	}
	return eu_ref_parse(text, ret, err);
}

/* ---- getting something */

/* In the order in which they are looked for. */
static const struct {
	const char *name, *what;
} files[] = {
	{ "app.wasm", "Wasm module" },
	{ "package.json", "package" },
};

static struct eu_http_opts http_of(const struct hubs *h)
{
	struct eu_http_opts o = remote_http(&h->from.remote);

	o.connect_ms = o.connect_ms ?: CONNECT_MS;
	o.total_ms = h->from.remote.o.limit_ms;
	return o;
}

/* ADDRESS/NAME/FILE, or ADDRESS/NAME/VERSION/FILE. */
static char *url_of(const char *address, const struct hub_name *n, size_t file)
{
	const bool latest = !strcmp(n->version, LATEST);
	char *url;

	return asprintf(&url, "%s/%s/%s%s%s", address, n->name,
			latest ? "" : n->version, latest ? "" : "/",
			files[file].name) < 0 ?
		       NULL :
		       url;
}

/* Not -EACCES, which is what the hub itself would have said. */
static int follow(void *ctx, const char *url, struct eu_error *err)
{
	int r = eu_trust_address(url, NULL, 0, err);

	return eu_error_prefix(err, r == -EACCES ? -EPERM : r,
			       "'%s' leads elsewhere", (const char *)ctx);
}

int hub_fetch(struct hubs *h, const char *address, const char *path,
	      char **ret_data, size_t *ret_len, struct eu_error *err)
{
	struct eu_http_opts http = http_of(h);
	eu_auto_free char *url = NULL;
	int r;

	if (asprintf(&url, "%s/%s", address, path) < 0) {
		url = NULL;
		return eu_error_oom(err);
	}
	http.follow = follow;
	http.follow_ctx = url;
	r = eu_trust_address(url, NULL, 0, err);
	return r ?: eu_fetch(url, &http, HUB_MAX_FILE, ret_data, ret_len, err);
}

static bool is_web(const char *address)
{
	return !strncmp(address, "http", 4);
}

/* One of what is got. */
struct got {
	char *data;
	size_t len;
};

/* What is asked for. */
struct wanted {
	struct hubs *h;
	const char *address;
	const struct hub_name *n;
	size_t file;
	const char *url;
};

/* What a server gives for any path, say a page that it has nothing. */
static int check_kind(const struct wanted *w, const void *data, size_t len,
		      struct eu_error *err)
{
	const struct eu_artifact *kind = eu_artifact_of(data, len);

	if (kind && !strcmp(kind->what, files[w->file].what))
		return 0;
	return eu_error_set(err, -EBADMSG, "'%s' is no %s", w->url,
			    files[w->file].what);
}

/* By --digest, and by what the hub says of it itself. */
static int may_use(void *ctx, const void *data, size_t len, struct eu_error *err)
{
	const struct wanted *w = ctx;
	int r = check_kind(w, data, len, err);

	if (r)
		return r;
	r = source_check(&w->h->from, data, len, err);
	if (r)
		return eu_error_prefix(err, r, "'%s'", w->url);
	r = hub_check(w->h, w->address, w->n, files[w->file].name, w->url, data,
		      len, err);
	if (r == -EKEYREJECTED)
		eu_fetch_forget(w->url);
	return r;
}

static int get(struct hubs *h, const char *address, const struct hub_name *n,
	       size_t file, const char *url, struct got *ret,
	       struct eu_error *err)
{
	struct wanted w = { h, address, n, file, url };
	struct eu_http_opts http = http_of(h);

	/* Nothing that was not compared is kept for another time. */
	http.check = may_use;
	http.check_ctx = &w;
	return eu_trust_fetch(url, &http, HUB_MAX_FILE, &ret->data, &ret->len,
			      err);
}

/* What was fetched before, by the policy and by --digest. */
static int get_kept(struct hubs *h, const char *url, struct got *ret)
{
	const struct eu_http_opts http = http_of(h);
	struct eu_error err;
	int r = eu_trust_kept(url, &http, HUB_MAX_FILE, &ret->data, &ret->len,
			      &err);

	if (r == -ENOENT)
		return r;
	if (!r)
		r = source_check(&h->from, ret->data, ret->len, &err);
	if (!r)
		return 0;
	eu_error_prefix(&err, r, "'%s'", url);
	put_error(&err, "");
	free(ret->data);
	ret->data = NULL;
	return r;
}

/* What was fetched before, if the hub has nothing newer or does not answer. */
static int from_cache(struct hubs *h, const char *address,
		      const struct hub_name *n, struct got *ret)
{
	int r = -ENOENT;

	for (size_t i = 0; i < EU_COUNT(files) && r == -ENOENT; i++) {
		eu_auto_free char *url = url_of(address, n, i);
		struct got before = { 0 };
		struct eu_error err;

		if (!url || get_kept(h, url, &before))
			continue;
		r = get(h, address, n, i, url, ret, &err);
		if (!r || r == -ENOENT || r == -EBADMSG || r == -EKEYREJECTED) {
			free(before.data);
			/* What is wrong with it is said when it is looked for. */
			r = r ? -ENOENT : 0;
			continue;
		}
		put_error(&err, ": what was fetched before is taken");
		*ret = before;
		r = 0;
	}
	return r;
}

static int from_folder(struct hubs *h, const char *address,
		       const struct hub_name *n, struct got *ret)
{
	const bool web = is_web(address);
	struct eu_error err;
	int r = -ENOENT;

	/* What there is of it has been looked at. */
	if (web && eu_net_is_offline())
		return r;
	for (size_t i = 0; i < EU_COUNT(files) && r == -ENOENT; i++) {
		eu_auto_free char *url = url_of(address, n, i);

		if (!url)
			return -ENOMEM;
		if (web)
			fprintf(stderr, "download with curl: %s\n", url);
		r = get(h, address, n, i, url, ret, &err);
		if (r == -ENOENT && web)
			fprintf(stderr,
				"curl: (22) The requested URL returned error: 404\n");
		else if (r && r != -ENOENT)
			put_error(&err, "");
		/* A page instead of it: the other file may be there. */
		r = r == -EBADMSG ? -ENOENT : r;
	}
	return r;
}

/* The registry's, as a tag may stand for another one now; else the store's. */
static int from_registry(struct hubs *h, const char *space,
			 const struct hub_name *n, struct got *ret)
{
	const enum source_pull asked = h->from.pull;
	struct source_bytes b = { .max = HUB_MAX_FILE };
	struct eu_error err, unsaid;
	struct eu_ref ref;
	int r = hub_reference(space, n, &ref, &err);

	if (r) {
		put_error(&err, "");
		return r;
	}
	if (asked != PULL_NEVER && !eu_net_is_offline()) {
		fprintf(stderr, "pull: %s/%s:%s\n", space, n->name, n->version);
		h->from.pull = PULL_ALWAYS;
	}
	r = source_image(&h->from, &ref, &b, &err);
	h->from.pull = PULL_NEVER;
	if (r && r != -ENOENT && r != -EACCES &&
	    !source_image(&h->from, &ref, &b, &unsaid)) {
		put_error(&err, ": what was pulled before is taken");
		r = 0;
	}
	h->from.pull = asked;
	if (r)
		put_error(&err, "");
	free(b.title);
	ret->data = b.data;
	ret->len = b.len;
	return r;
}

int hubs_get(struct hubs *h, const struct hub_name *name, char **ret_data,
	     size_t *ret_len, struct eu_error *err)
{
	struct got g = { 0 };
	size_t failed = 0;
	int r = -ENOENT;

	for (size_t i = 0; i < h->n && r; i++) {
		if (is_web(h->address[i]))
			r = from_cache(h, h->address[i], name, &g);
	}
	for (size_t i = 0; i < h->n && r; i++) {
		const char *space = hub_namespace(h->address[i]);

		r = space ? from_registry(h, space, name, &g) :
			    from_folder(h, h->address[i], name, &g);
		failed += r && r != -ENOENT;
	}
	if (!r) {
		*ret_data = g.data;
		*ret_len = g.len;
		return 0;
	}
	if (failed)
		return eu_error_set(err, -EIO,
				    "'%s' is in no hub that answered (%zu of %zu)",
				    name->name, h->n - failed, h->n);
	return eu_error_set(err, -ENOENT, "no hub has '%s:%s'", name->name,
			    name->version);
}
