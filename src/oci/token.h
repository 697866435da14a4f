/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_TOKEN_H
#define EU_OCI_TOKEN_H

/*
 * Who we are to a registry: a password as it is, or a token that is got for it,
 * or for nobody in particular. It is kept with the registry and shown until a 401
 * says that it does no more.
 */

#include "oci/request.h"

/* Answers a 401 for the next request; -EACCES if there is nothing to do it with. */
int eu_token_answer(struct eu_registry *g, const struct eu_http *h,
		    struct eu_error *err);

/*
 * Tokens are for pulling from another repository of the registry, too: @source, or
 * empty for no other. What is held and is not for that is forgotten.
 */
void eu_token_widen(struct eu_registry *g, const char *source);

/* The registry wants to know who we are, and we cannot say: -EACCES. */
int eu_token_unknown(const struct eu_registry *g, struct eu_error *err);

#endif
