/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_POLICY_H
#define EU_OCI_POLICY_H

/*
 * What may be opened, by a file of JSON that whoever is in charge of a machine
 * writes (docs/trust.md has its form):
 *
 *	{ "default": "deny", "files": "allow", "digests": ["sha256:..."],
 *	  "rules": [{ "from": "a.example/tools/", "keys": ["tools.pub"] }] }
 *
 * One that is broken allows nothing.
 */

#include "base/json.h"

struct eu_policy {
	char *path; /* NULL: there is none, and all is allowed */
	json_t *json;
};

/*
 * The one in force: $EUNOMIA_POLICY, else /etc/eunomia/policy.json, else
 * eunomia/policy.json in $XDG_CONFIG_HOME or ~/.config.
 */
int eu_policy_load(struct eu_policy *ret, struct eu_error *err);
/* One of a text; @path is for errors, and for where its keys are. */
int eu_policy_read(const char *text, size_t len, const char *path,
		   struct eu_policy *ret, struct eu_error *err);
void eu_policy_done(struct eu_policy *p);

#define eu_auto_policy EU_CLEANUP(eu_policy_done)

/* Is this digest allowed wherever it comes from? */
bool eu_policy_lists(const struct eu_policy *p, const char *digest);

enum eu_policy_word { EU_POLICY_DENY, EU_POLICY_ALLOW, EU_POLICY_KEYS };

/*
 * What it says of all that comes from @source, HOST/PATH or an address; for
 * EU_POLICY_KEYS, that it is signed by one of @ret_keys, names of files or PEM.
 */
enum eu_policy_word eu_policy_rule(const struct eu_policy *p,
				   const char *source, const json_t **ret_keys);

/* -EACCES for @what, with the policy's name. */
int eu_policy_deny(const struct eu_policy *p, const char *what,
		   const char *digest, struct eu_error *err);

/*
 * May these bytes be used, of a file of this machine or from standard input?
 * By the policy in force.
 */
int eu_policy_file(const char *name, const void *data, size_t len,
		   struct eu_error *err);

/*
 * An address as rules are compared with it: scheme and host in lower case.
 * -EINVAL for what may be read in more than one way. To be freed.
 */
int eu_policy_address(const char *url, char **ret, struct eu_error *err);

#endif
