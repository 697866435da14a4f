/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_MIRROR_H
#define EU_OCI_MIRROR_H

/*
 * Registries that have the same as others: [[registry.mirror]] of podman's
 * registries.conf, as containers-registries.conf(5) has it.
 */

#include "oci/ref.h"

enum { EU_MIRRORS = 8 };

struct eu_mirror {
	struct eu_ref ref;
	bool insecure; /* accept any certificate */
};

/*
 * The mirrors of @ref in the order that they are asked in, and how many, from
 * the text of such a file. The longest prefix that fits counts. What is not
 * known is passed over.
 */
size_t eu_mirrors_of(const char *text, const struct eu_ref *ref,
		     struct eu_mirror ret[EU_MIRRORS]);

/*
 * The same from $CONTAINERS_REGISTRIES_CONF, else of the user's folder, else of
 * /etc/containers. No file: none.
 */
size_t eu_mirrors_find(const struct eu_ref *ref,
		       struct eu_mirror ret[EU_MIRRORS]);

#endif
