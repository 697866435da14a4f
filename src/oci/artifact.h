/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_ARTIFACT_H
#define EU_OCI_ARTIFACT_H

/*
 * What of ours registries have: packages, BPF objects, Wasm modules; and which
 * part of an image, ours or others', is what is run. docs/oci.md has the types.
 */

#include "oci/registry.h"
#include "oci/store.h"

/* A kind of file, told by how it begins. */
struct eu_artifact {
	const char *what;     /* "package": for people */
	const char *layer;    /* type of the one layer */
	const char *config;   /* of the config, which is "{}" */
	const char *artifact; /* of the artifact; NULL: the config says it */
};

/* NULL for bytes that are none of them. */
const struct eu_artifact *eu_artifact_of(const void *data, size_t len);

/*
 * Gives the registry the file of @data as @ref. @notes are the annotations of
 * its manifest, strings; what is missing is filled in (the title, and the time
 * of $SOURCE_DATE_EPOCH). The digest goes to @ret_digest.
 */
int eu_artifact_push(struct eu_registry *g, const struct eu_ref *ref,
		     const void *data, size_t len, const json_t *notes,
		     const char *title, char ret_digest[EU_DIGEST],
		     struct eu_error *err);

/*
 * Gets all that @ref stands for into the store, for this machine where there
 * are several, and lets it stand there for the same. The manifest goes to @ret.
 */
int eu_artifact_pull(struct eu_registry *g, const struct eu_store *s,
		     const struct eu_ref *ref, struct eu_descriptor *ret,
		     struct eu_error *err);

/*
 * What can be run of a manifest that the store has, to be freed. -ENOENT if
 * nothing can, -E2BIG above @max bytes. @ret_title, if not NULL, is the name of
 * its file by who pushed it, or NULL.
 */
int eu_artifact_read(const struct eu_store *s, const struct eu_descriptor *d,
		     uint64_t max, char **ret_data, size_t *ret_len,
		     char **ret_title, struct eu_error *err);

#endif
