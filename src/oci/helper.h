/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_HELPER_H
#define EU_OCI_HELPER_H

/*
 * Programs called docker-credential-NAME, which keep passwords where the files
 * of docker and podman say so.
 */

#include "oci/auth.h"

/* Nothing is no error: @ret stays empty. */
int eu_helper_get(const char *name, const char *host,
		  struct eu_credentials *ret, struct eu_error *err);
int eu_helper_store(const char *name, const char *host,
		    const struct eu_credentials *c, struct eu_error *err);
int eu_helper_erase(const char *name, const char *host, struct eu_error *err);

#endif
