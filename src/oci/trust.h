/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_TRUST_H
#define EU_OCI_TRUST_H

/* Whether what comes from elsewhere may be used, by the policy in force. */

#include "net/fetch.h"
#include "oci/registry.h"
#include "oci/store.h"

/* May it be asked for at all? -EACCES if no answer would be taken. */
int eu_trust_ask(const struct eu_ref *ref, struct eu_error *err);

/*
 * May the manifest @d be used, which @ref stands for? Signatures that are
 * demanded are those of the registry, which the store then has; or, if @g is
 * NULL, those of the store, -ENOENT or -EKEYREJECTED if they do not do.
 */
int eu_trust_image(struct eu_registry *g, const struct eu_store *s,
		   const struct eu_ref *ref, const struct eu_descriptor *d,
		   struct eu_error *err);

/*
 * May an address be asked, with @data NULL; may what came from there be used?
 * What is of this machine (file:, data:) is a file.
 */
int eu_trust_address(const char *url, const void *data, size_t len,
		     struct eu_error *err);

/*
 * May a registry lead to @url for what a tag of @ref stands for? By the rules for
 * addresses, but where a signature is demanded. -EACCES.
 */
int eu_trust_led(const struct eu_ref *ref, const char *url, struct eu_error *err);

/* eu_fetch() of what may be asked and used, wherever the server leads. */
int eu_trust_fetch(const char *url, const struct eu_http_opts *o, uint64_t max,
		   char **ret_data, size_t *ret_len, struct eu_error *err);
/* The same of what was fetched before. -ENOENT: there is none. */
int eu_trust_kept(const char *url, const struct eu_http_opts *o, uint64_t max,
		  char **ret_data, size_t *ret_len, struct eu_error *err);

#endif
