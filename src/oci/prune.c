/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* What references need, and what nobody does. */

enum { MAX_BLOBS = 1 << 20, MAX_DEPTH = 2 };

/* ---- what nobody needs */

void eu_digests_done(struct eu_digests *d)
{
	free(d->list);
	*d = (struct eu_digests){ 0 };
}

static int note(struct eu_digests *d, const char *digest, struct eu_error *err)
{
	int r = eu_array_grow(&d->list, d->n, sizeof(*d->list), MAX_BLOBS);

	if (r)
		return eu_error_grow(err, r, MAX_BLOBS, "blobs");
	memcpy(d->list[d->n++], digest, EU_DIGEST);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* In order, each once. */
static void sort(struct eu_digests *d)
{
	size_t n = 0;

	if (d->n)
		qsort(d->list, d->n, sizeof(*d->list), compare);
	for (size_t i = 0; i < d->n; i++) {
		if (!n || strcmp(d->list[n - 1], d->list[i]) != 0)
			memmove(d->list[n++], d->list[i], EU_DIGEST);
	}
	d->n = n;
}

static int note_all(const struct eu_store *s, const struct eu_descriptor *from,
		    int depth, struct eu_digests *d, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	int r = note(d, from->digest, err);

	if (r)
		return r;
	r = eu_store_manifest(s, from, &m, err);
	/* What is not there or damaged names nothing; of others nobody knows. */
	if (r)
		return r == -ENOENT || r == -EBADMSG ? 0 : r;
	if (m.index && depth == MAX_DEPTH)
		return eu_error_set(err, -EINVAL,
				    "'%s': indexes in indexes in indexes",
				    from->digest);
	if (!m.index)
		r = note(d, m.config.digest, err);
	for (size_t i = 0; i < m.n && !r; i++)
		r = m.index ? note_all(s, &m.parts[i], depth + 1, d, err) :
			      note(d, m.parts[i].digest, err);
	return r;
}

int eu_store_needs(const struct eu_store *s, const struct eu_descriptor *d,
		   struct eu_digests *to, struct eu_error *err)
{
	int r = note_all(s, d, 0, to, err);

	if (!r && *d->index)
		r = note(to, d->index, err);
	sort(to);
	return r;
}

int eu_store_needs_here(const struct eu_store *s, const struct eu_descriptor *d,
			struct eu_digests *to, struct eu_error *err)
{
	struct eu_digests all = { 0 };
	int r = eu_store_needs(s, d, &all, err);

	for (size_t i = 0; i < all.n && !r; i++) {
		eu_auto_free char *path = eu_path_join(
			s->blobs, strchr(all.list[i], ':') + 1);

		if (!path)
			r = eu_error_oom(err);
		else if (!access(path, F_OK))
			r = note(to, all.list[i], err);
	}
	eu_digests_done(&all);
	sort(to);
	return r;
}

struct indexed {
	struct eu_digests named; /* manifests */
	struct eu_digests *needed;
};

static int note_one(void *ctx, const char *name, const struct eu_descriptor *d,
		    struct eu_error *err)
{
	struct indexed *i = ctx;
	int r = note(&i->named, d->digest, err);

	(void)name;
	return r || !*d->index ? r : note(i->needed, d->index, err);
}

/* All that references need, each manifest read once. */
static int note_indexed(const struct eu_store *s, struct eu_digests *d,
			struct eu_error *err)
{
	struct indexed i = { .needed = d };
	struct eu_descriptor from = { 0 };
	/* Those without a name as well: other tools may have put them there. */
	int r = eu_store_walk(s, true, note_one, &i, err);

	sort(&i.named);
	for (size_t k = 0; k < i.named.n && !r; k++) {
		memcpy(from.digest, i.named.list[k], EU_DIGEST);
		r = note_all(s, &from, 0, d, err);
	}
	eu_digests_done(&i.named);
	sort(d);
	return r;
}

static bool has_digest(const struct eu_digests *d, const char *digest)
{
	return d->n && bsearch(digest, d->list, d->n, sizeof(*d->list), compare);
}

static bool is_noted(const struct eu_digests *d, const char *hex)
{
	char digest[EU_DIGEST];

	if (strlen(hex) != 2 * EU_SHA256_SIZE)
		return false;
	memcpy(digest, "sha256:", 7);
	memcpy(digest + 7, hex, 2 * EU_SHA256_SIZE + 1);
	return has_digest(d, digest);
}

static int note_name(void *ctx, const char *name, const struct eu_descriptor *d,
		     struct eu_error *err)
{
	struct eu_digests *here = ctx;
	int r = note(here, d->digest, err);

	(void)name;
	return r || !*d->index ? r : note(here, d->index, err);
}

static bool signs_nothing(void *ctx, const char *name)
{
	const struct eu_digests *here = ctx;
	char digest[EU_DIGEST];
	struct eu_ref ref;

	return !eu_ref_parse(name, &ref, NULL) && eu_ref_signs(&ref, digest) &&
	       !has_digest(here, digest);
}

/* Names of signatures of what has no name any more. */
static int drop_signatures(const struct eu_store *s, struct eu_error *err)
{
	struct eu_digests here = { 0 };
	int r = eu_store_walk(s, true, note_name, &here, err);

	sort(&here);
	if (!r)
		r = eu_store_sift(s, signs_nothing, &here, err);
	eu_digests_done(&here);
	return r;
}

/* Of the blobs: nobody needs it. */
static bool is_spare(const struct eu_digests *d, const char *name)
{
	return !is_noted(d, name);
}

/* Of the store's own files: it was written beside one, and not renamed. */
static bool is_left(const struct eu_digests *d, const char *name)
{
	(void)d;
	return !strncmp(name, "index.json.", 11) ||
	       !strncmp(name, "oci-layout.", 11);
}

static int sweep(const char *path, const struct eu_digests *d,
		 bool (*goes)(const struct eu_digests *d, const char *name),
		 uint64_t *ret_bytes, struct eu_error *err)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	struct stat st;
	int r = 0;

	if (!dir)
		return eu_error_set(err, -errno, "cannot read '%s': %s", path,
				    strerror(errno));
	while (!r && (e = readdir(dir))) {
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode) || !goes(d, e->d_name))
			continue;
		if (unlinkat(dirfd(dir), e->d_name, 0))
			r = eu_error_set(err, -errno,
					 "cannot remove a file of '%s': %s",
					 path, strerror(errno));
		else
			*ret_bytes += st.st_size;
	}
	closedir(dir);
	return r;
}

int eu_store_prune(const struct eu_store *s, uint64_t *ret_bytes,
		   struct eu_error *err)
{
	eu_auto_close int held = eu_store_lock(s, "blobs.lock", LOCK_EX, err);
	eu_auto_close int index = -1;
	struct eu_digests d = { 0 };
	uint64_t bytes = 0;
	int r;

	if (held < 0)
		return held;
	index = eu_store_lock(s, "index.lock", LOCK_EX, err);
	if (index < 0)
		return index;
	r = drop_signatures(s, err);
	if (!r)
		r = note_indexed(s, &d, err);
	if (!r)
		r = sweep(s->blobs, &d, is_spare, &bytes, err);
	if (!r)
		r = sweep(s->dir, &d, is_left, &bytes, err);
	eu_digests_done(&d);
	if (!r)
		*ret_bytes = bytes;
	return r;
}

uint64_t eu_store_make_room(const struct eu_store *s, int r)
{
	uint64_t bytes;

	return (r == -EDQUOT || r == -ENOSPC) && !eu_store_prune(s, &bytes, NULL) ?
		       bytes :
		       0;
}
