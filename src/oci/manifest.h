/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_MANIFEST_H
#define EU_OCI_MANIFEST_H

/*
 * Image manifests and indexes of the OCI image specification, and Docker's
 * forms of the two: what a reference stands for.
 */

#include "base/json.h"
#include "oci/ref.h"

enum {
	EU_OCI_TYPE = 128,
	EU_MANIFEST_MAX = 4 << 20, /* bytes */
	EU_LAYERS_MAX = 1000,
};

#define EU_OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define EU_OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define EU_OCI_EMPTY "application/vnd.oci.empty.v1+json"
#define EU_OCI_EMPTY_TEXT "{}"

/* A blob, or a manifest. */
struct eu_descriptor {
	char type[EU_OCI_TYPE];
	char digest[EU_DIGEST];
	uint64_t size;		   /* bytes */
	const json_t *annotations; /* of the manifest's; or NULL */
	const json_t *platform;
	char index[EU_DIGEST]; /* that it was picked from; or empty */
};

struct eu_manifest {
	json_t *json;
	bool index;
	char type[EU_OCI_TYPE];	     /* its own */
	char artifact[EU_OCI_TYPE];  /* what it says it is, or its config is */
	struct eu_descriptor config; /* but for an index */
	/* What it is made of: layers, or an index's manifests. */
	struct eu_descriptor *parts;
	size_t n;
};

/*
 * Reads one; @type is what the registry says of it, or NULL. -EINVAL, -E2BIG
 * above EU_LAYERS_MAX parts.
 */
int eu_manifest_read(const char *data, size_t len, const char *type,
		     struct eu_manifest *ret, struct eu_error *err);
void eu_manifest_done(struct eu_manifest *m);

/* Bytes of it, which @d names, with all that it names. */
uint64_t eu_manifest_size(const struct eu_manifest *m,
			  const struct eu_descriptor *d);

#define eu_auto_manifest EU_CLEANUP(eu_manifest_done)

/* Is it the type of an index? */
bool eu_manifest_is_index(const char *type);

/* A descriptor of JSON, from which it borrows. -EINVAL. */
int eu_descriptor_read(const json_t *j, struct eu_descriptor *ret,
		       struct eu_error *err);
/* A descriptor as JSON; a new reference, or NULL. */
json_t *eu_descriptor_json(const struct eu_descriptor *d);

/*
 * What images call an architecture ("amd64"), of that or of our own name for it
 * ("x86"); of NULL, this machine's. NULL if it is not known.
 */
const char *eu_platform(const char *arch);

/*
 * The manifest of an index that is for @arch, as eu_platform() has it, or for
 * none in particular; NULL if there is none.
 */
const struct eu_descriptor *eu_index_pick(const struct eu_manifest *m,
					  const char *arch);

/* The annotation @name, or NULL. */
const char *eu_descriptor_note(const struct eu_descriptor *d, const char *name);

#endif
