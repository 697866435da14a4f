/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_REGISTRY_H
#define EU_OCI_REGISTRY_H

/*
 * A repository of a registry, by the OCI distribution specification 1.1.
 * Nothing that it gives is handed on unless its digest is the one asked for.
 */

#include "net/http.h"
#include "oci/auth.h"
#include "oci/manifest.h"

struct eu_registry;

/* Of the blob @d so many bytes are there, or here. */
typedef void (*eu_registry_progress_fn)(void *ctx, const struct eu_descriptor *d,
					uint64_t done);

struct eu_registry_opts {
	const char *user, *password; /* NULL: eu_credentials_find() */
	const char *cacert;	     /* PEM file, or NULL */
	bool insecure;		     /* accept any certificate */
	uint32_t limit_ms;	     /* of a request; 0: none */
	bool plain_http;	  /* so it is for this machine without cacert */
	uint32_t stall_ms, tries; /* as struct eu_http_opts has them */
	eu_registry_progress_fn progress; /* or NULL */
	void *progress_ctx;
};

int eu_registry_open(const struct eu_ref *ref, const struct eu_registry_opts *o,
		     struct eu_registry **ret, struct eu_error *err);
/* Accepts NULL. */
void eu_registry_close(struct eu_registry *r);

/*
 * Does it let us in? -EACCES. The token that it gives to be shown instead of the
 * password from now on, if it gives one, goes to @ret_identity, to be freed;
 * else that is NULL.
 */
int eu_registry_login(struct eu_registry *r, char **ret_identity,
		      struct eu_error *err);

/*
 * What repositories the registry has, or what tags this one: names, of all pages;
 * a new reference. -ENOENT and -EACCES from registries without a catalog, or that
 * show it to others.
 */
int eu_registry_catalog(struct eu_registry *r, json_t **ret,
			struct eu_error *err);
int eu_registry_tags(struct eu_registry *r, json_t **ret, struct eu_error *err);

/*
 * The manifest called @which, a tag or a digest, with what it is. -ENOENT,
 * -EACCES, -EBADMSG for a wrong digest.
 */
int eu_registry_manifest(struct eu_registry *r, const char *which,
			 struct eu_descriptor *ret, char **ret_data,
			 struct eu_error *err);

/*
 * What names @digest as its subject: an index, which nothing vouches for but
 * the registry. -ENOENT where registries do not know of this.
 */
int eu_registry_referrers(struct eu_registry *r, const char *digest,
			  struct eu_manifest *ret, struct eu_error *err);

/*
 * A blob to @write, in pieces; -EBADMSG at its end if it is not what @d says.
 */
int eu_registry_blob(struct eu_registry *r, const struct eu_descriptor *d,
		     eu_http_write_fn write, void *ctx, struct eu_error *err);

/* A blob of several. */
struct eu_registry_part {
	const struct eu_descriptor *d;
	eu_http_write_fn write;
	void *ctx;
};

enum { EU_REGISTRY_PARTS = 3 };

/*
 * The same for several at once, EU_REGISTRY_PARTS at most. The first error ends
 * them all.
 */
int eu_registry_blobs(struct eu_registry *r, const struct eu_registry_part *parts,
		      size_t n, struct eu_error *err);

/*
 * Gives it a blob unless it has it. Another repository of the registry that may
 * have it is @from, or NULL: then nothing may have to be sent. Large ones go in
 * pieces, and after a break go on behind what has arrived.
 */
int eu_registry_push_blob(struct eu_registry *r, const struct eu_descriptor *d,
			  const void *data, const char *from,
			  struct eu_error *err);

/* Tells who asked to be told. */
void eu_registry_report(struct eu_registry *r, const struct eu_descriptor *d,
			uint64_t done);

/* Gives it a manifest as @which. -EOPNOTSUPP if it knows none of the kind. */
int eu_registry_push_manifest(struct eu_registry *r, const char *which,
			      const char *type, const char *data, size_t len,
			      struct eu_error *err);

#endif
