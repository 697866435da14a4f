/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_CHALLENGE_H
#define EU_OCI_CHALLENGE_H

/* What a registry wants to know of who asks: its WWW-Authenticate header. */

#include "base/buf.h"
#include "oci/ref.h"

/*
 * The challenge of a scheme ("Bearer": a token is to be got first; "Basic": a
 * password) in a header that may have several; NULL if it has none of that one.
 */
const char *eu_challenge_find(const char *header, const char *scheme);

enum {
	EU_CHALLENGE_TLS = 1,  /* the registry is spoken to with it */
	EU_CHALLENGE_FORM = 2, /* one of the scopes, as forms have them */
};

/*
 * Writes where one gets a token for @scopes, between spaces, or, if there are
 * none, for nothing but to show who one is: REALM?service=...&scope=... -EINVAL
 * if the challenge does not say, or if it says http and the registry is spoken to
 * with TLS: a password must not go there. @ref is for errors.
 */
int eu_challenge_url(const char *challenge, const struct eu_ref *ref,
		     const char *scopes, unsigned int how, struct eu_buf *url,
		     struct eu_error *err);

/*
 * Why there is no @url: always negative. -E2BIG if what the registry has said is
 * too long for it.
 */
int eu_challenge_no_url(const struct eu_ref *ref, const struct eu_buf *url,
			struct eu_error *err);

/* Appends text as it stands in a query or a form. */
void eu_challenge_query(struct eu_buf *to, const char *text, size_t len);

#endif
