/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_SIGNATURE_H
#define EU_OCI_SIGNATURE_H

/*
 * Signatures of manifests, as cosign keeps them: layers of a manifest with the
 * tag "sha256-DIGEST.sig" in the same repository, each a payload (payload.h)
 * with its signature as an annotation. That manifest names the other one as its
 * subject, and is so found by the referrers of OCI 1.1, too.
 */

#include "net/key.h"
#include "oci/registry.h"
#include "oci/store.h"

/*
 * Signs @d, a manifest that the registry has, and adds the signature to those
 * that are there unless one with this key and these notes is. The manifest of
 * signatures goes to @ret.
 */
int eu_signature_add(struct eu_registry *g, const struct eu_ref *ref,
		     const struct eu_descriptor *d, const struct eu_key *key,
		     const json_t *notes, struct eu_descriptor *ret,
		     struct eu_error *err);

struct eu_signature_query {
	const struct eu_key *const *keys; /* one of which has signed */
	size_t n;
	const json_t *notes; /* what the payload says, strings; or NULL */
};

/*
 * Looks for a signature of @d by one of the keys: in the registry, or, if @g is
 * NULL, in the store, where it is kept if @s is not NULL. -ENOENT if there is
 * no signature at all, -EKEYREJECTED if there is none that holds. Which key it
 * was goes to @ret_key, if not NULL.
 */
int eu_signature_find(struct eu_registry *g, const struct eu_store *s,
		      const struct eu_ref *ref, const struct eu_descriptor *d,
		      const struct eu_signature_query *q, size_t *ret_key,
		      struct eu_error *err);

#endif
