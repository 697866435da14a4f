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

/* Which of several that are for one machine each. */
struct eu_artifact_which {
	const char *arch; /* as eu_platform() has it; NULL: this machine's */
	bool all;	  /* pulled are the others, too */
};

/*
 * eu_registry_manifest(), and what it says; @ret_data, to be freed, may be NULL.
 */
int eu_artifact_manifest(struct eu_registry *g, const char *which,
			 struct eu_descriptor *ret_d, struct eu_manifest *ret,
			 char **ret_data, struct eu_error *err);

/*
 * Gets what @ref stands for into the store: all of it, or of an index what
 * @which says. Lets @ref stand there for the same, but for what is for another
 * machine than this alone: of that the digest has to be known. What it is goes
 * to @ret.
 */
int eu_artifact_pull(struct eu_registry *g, const struct eu_store *s,
		     const struct eu_ref *ref,
		     const struct eu_artifact_which *which,
		     struct eu_descriptor *ret, struct eu_error *err);

/*
 * What can be run of a manifest or an index that the store has, to be freed.
 * -ENOENT if nothing can, -E2BIG above @max bytes. @ret_title, if not NULL, is
 * the name of its file by who pushed it, or NULL.
 */
int eu_artifact_read(const struct eu_store *s, const struct eu_descriptor *d,
		     const struct eu_artifact_which *which, uint64_t max,
		     char **ret_data, size_t *ret_len, char **ret_title,
		     struct eu_error *err);

/* The same as a file, which need not fit into memory: a descriptor to close. */
int eu_artifact_open(const struct eu_store *s, const struct eu_descriptor *d,
		     const struct eu_artifact_which *which, uint64_t max,
		     char **ret_title, struct eu_error *err);

#endif
