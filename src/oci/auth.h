/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_AUTH_H
#define EU_OCI_AUTH_H

/*
 * Who a user is for a registry: the configuration files of docker and podman,
 * and the helpers that they name.
 */

#include "base/json.h"

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

/* What such a file has for @host itself, without helpers. -EINVAL. */
int eu_credentials_of(const json_t *config, const char *host,
		      struct eu_credentials *ret, struct eu_error *err);

/*
 * Keeps @c for @host in the first of $REGISTRY_AUTH_FILE and docker's
 * config.json, or with the helper that this one names. What else the file says
 * stays; the file is readable by its owner alone.
 */
int eu_credentials_keep(const char *host, const struct eu_credentials *c,
			struct eu_error *err);

/* Forgets those of @host wherever there are any; -ENOENT if nowhere. */
int eu_credentials_forget(const char *host, struct eu_error *err);

/* "Basic ..." as a header's value, to be freed. */
char *eu_credentials_basic(const struct eu_credentials *c);

#endif
