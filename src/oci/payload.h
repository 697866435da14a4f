/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_PAYLOAD_H
#define EU_OCI_PAYLOAD_H

/*
 * What is signed of a manifest, "simple signing" as cosign writes it: a JSON
 * text that names the repository and the manifest's digest.
 */

#include "base/json.h"
#include "oci/ref.h"

enum { EU_PAYLOAD_MAX = 64 << 10 }; /* bytes */

/* For @digest of @ref, with words of one's own, strings; to be freed. */
char *eu_payload_write(const struct eu_ref *ref, const char *digest,
		       const json_t *notes, size_t *ret_len);

/*
 * Does it speak of this digest, and say what @notes say? -EBADMSG. Whether it
 * is to be believed its signature says.
 */
int eu_payload_check(const char *data, size_t len, const char *digest,
		     const json_t *notes, struct eu_error *err);

#endif
