/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_STORE_H
#define EU_OCI_STORE_H

/*
 * What was pulled, as an image layout of the OCI image specification: blobs
 * under their digest, and an index of the references, which other tools read.
 *
 * A file under a digest is whole and has that digest, whatever happens: it is
 * written beside, flushed, and renamed; what was changed behind our back is
 * seen when it is read. The index is replaced in one step, and locked meanwhile;
 * what it names is on the disk before.
 */

#include <stdio.h>

#include "base/sha256.h"
#include "oci/manifest.h"

/* Of image layouts: what their file says, and how names are written. */
#define EU_STORE_LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"
#define EU_STORE_REF_NAME "org.opencontainers.image.ref.name"

struct eu_store {
	char *dir;
	char *blobs;  /* dir/blobs/sha256 */
	uint64_t max; /* bytes of all blobs; $EUNOMIA_STORE_MAX, or 4 GiB */
};

/*
 * The store at @dir, made if it is not there; NULL: $EUNOMIA_STORE, or
 * eunomia/store in $XDG_DATA_HOME or ~/.local/share. -EPERM if it belongs to
 * another user who is not root, or anybody may write to it.
 */
int eu_store_open(const char *dir, struct eu_store *ret, struct eu_error *err);
/* The same without making it: -ENOENT. */
int eu_store_open_there(const char *dir, struct eu_store *ret,
			struct eu_error *err);
void eu_store_done(struct eu_store *s);

#define eu_auto_store EU_CLEANUP(eu_store_done)

/*
 * Held by who adds blobs until a reference stands for them: nothing is pruned
 * meanwhile. A descriptor to close, or a negative number.
 */
int eu_store_use(const struct eu_store *s, struct eu_error *err);

/* A file of it locked, as by flock(2). A descriptor, as above. */
int eu_store_lock(const struct eu_store *s, const char *name, int how,
		  struct eu_error *err);

/* Bytes of all its blobs, and of those that somebody has begun. */
int eu_store_used(const struct eu_store *s, uint64_t *ret, struct eu_error *err);

/* Has it a blob of this digest and size? */
bool eu_store_has(const struct eu_store *s, const struct eu_descriptor *d);

/* A blob that comes in pieces. */
struct eu_store_writer {
	const struct eu_store *store;
	const struct eu_descriptor *wanted;
	char *tmp;
	int fd;
	uint64_t size; /* written */
	struct eu_sha256 sha;
};

/*
 * Begins what is to be @d, which has to stay. -EDQUOT if there is no room for
 * it beside all blobs that are there or begun, whoever writes them.
 */
int eu_store_begin(const struct eu_store *s, const struct eu_descriptor *d,
		   struct eu_store_writer *ret, struct eu_error *err);
/*
 * An eu_http_write_fn: @writer is a struct eu_store_writer. -EBADMSG above the
 * size of what is wanted.
 */
int eu_store_write(void *writer, const void *data, size_t len,
		   struct eu_error *err);
/* Begins to bring what was written to the disk, and does not wait for it. */
void eu_store_ahead(const struct eu_store_writer *w);
/* Keeps it under the digest that is wanted; -EBADMSG if it has another one. */
int eu_store_keep(struct eu_store_writer *w, struct eu_error *err);
/* Removes what was not kept. */
void eu_store_end(struct eu_store_writer *w);

#define eu_auto_store_writer EU_CLEANUP(eu_store_end)

/* The three of them around @fill, unless it has that blob. */
typedef int (*eu_store_fill_fn)(void *ctx, struct eu_store_writer *w,
				struct eu_error *err);
int eu_store_fill(const struct eu_store *s, const struct eu_descriptor *d,
		  eu_store_fill_fn fill, void *ctx, struct eu_error *err);
/* The same of bytes that are here. */
int eu_store_put(const struct eu_store *s, const struct eu_descriptor *d,
		 const void *data, struct eu_error *err);

/*
 * What an index says of @d, which is called @ref; a new reference, or NULL. And
 * back: -EINVAL.
 */
json_t *eu_store_entry(const struct eu_ref *ref, const struct eu_descriptor *d);
int eu_store_read_entry(const json_t *entry, struct eu_descriptor *ret,
			struct eu_error *err);

/* Lets @ref stand for the manifest @d. */
int eu_store_tag(const struct eu_store *s, const struct eu_ref *ref,
		 const struct eu_descriptor *d, struct eu_error *err);

/* What @ref stands for; -ENOENT. */
int eu_store_find(const struct eu_store *s, const struct eu_ref *ref,
		  struct eu_descriptor *ret, struct eu_error *err);

/*
 * A blob that it has, to be freed. One that is damaged is removed, -EBADMSG;
 * -E2BIG above @max bytes.
 */
int eu_store_read(const struct eu_store *s, const char *digest, uint64_t max,
		  char **ret_data, size_t *ret_len, struct eu_error *err);

/* The same for what is too large to be in memory: a descriptor to close. */
int eu_store_open_blob(const struct eu_store *s, const char *digest,
		       uint64_t max, struct eu_error *err);

/* A manifest that it has. */
int eu_store_manifest(const struct eu_store *s, const struct eu_descriptor *d,
		      struct eu_manifest *ret, struct eu_error *err);

/*
 * Calls @fn for each reference until it returns something else than 0, which
 * is returned.
 */
typedef int (*eu_store_fn)(void *ctx, const char *name,
			   const struct eu_descriptor *d, struct eu_error *err);
int eu_store_foreach(const struct eu_store *s, eu_store_fn fn, void *ctx,
		     struct eu_error *err);
/*
 * With @all those as well that have no name, NULL; one that is no descriptor is
 * an error then, and is passed over without.
 */
int eu_store_walk(const struct eu_store *s, bool all, eu_store_fn fn, void *ctx,
		  struct eu_error *err);

/* Forgets @ref; its blobs stay until eu_store_prune(). -ENOENT. */
int eu_store_untag(const struct eu_store *s, const struct eu_ref *ref,
		   struct eu_error *err);

/* Forgets all that @goes is true of, for who holds "index.lock". */
int eu_store_sift(const struct eu_store *s,
		  bool (*goes)(void *ctx, const char *name), void *ctx,
		  struct eu_error *err);

/* Digests in their order, each once. */
struct eu_digests {
	char (*list)[EU_DIGEST];
	size_t n;
};

void eu_digests_done(struct eu_digests *d);

/*
 * Adds a manifest and all that it names, of an index its manifests' too, and
 * the index that it was picked from.
 */
int eu_store_needs(const struct eu_store *s, const struct eu_descriptor *d,
		   struct eu_digests *to, struct eu_error *err);
/* The same, but for what is not here. */
int eu_store_needs_here(const struct eu_store *s, const struct eu_descriptor *d,
			struct eu_digests *to, struct eu_error *err);

/*
 * Removes the blobs that no reference stands for, signatures of what has no
 * reference any more, and what was left of pulls
 * that were killed. How many bytes those were goes to @ret_bytes. Nothing is
 * removed if a manifest that is there cannot be read.
 */
int eu_store_prune(const struct eu_store *s, uint64_t *ret_bytes,
		   struct eu_error *err);

/*
 * For who got @r: where that says that there was no room, removes what nobody
 * needs. How many bytes those were; 0: it is of no use to try again.
 */
uint64_t eu_store_make_room(const struct eu_store *s, int r);

#endif
