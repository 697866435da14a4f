/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_AUTH_H
#define EU_OCI_AUTH_H

/*
 * Who a user is for a registry: the configuration files of docker and podman,
 * and the helpers that they name.
 */

#include "base/error.h"

struct eu_credentials {
	char *user, *password; /* NULL: anonymous */
	char *identity_token;  /* instead of a password; or NULL */
};

void eu_credentials_done(struct eu_credentials *c);
#define eu_auto_credentials EU_CLEANUP(eu_credentials_done)

/*
 * What the first file says that has something about @host: $REGISTRY_AUTH_FILE,
 * podman's auth.json, docker's config.json ($DOCKER_CONFIG). Nothing anywhere
 * leaves @ret empty and is no error; a file that cannot be read or parsed, and
 * a helper that fails, are.
 */
int eu_credentials_find(const char *host, struct eu_credentials *ret,
			struct eu_error *err);

/* "Basic ..." as a header's value, to be freed. */
char *eu_credentials_basic(const struct eu_credentials *c);

#endif
