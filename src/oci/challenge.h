/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_CHALLENGE_H
#define EU_OCI_CHALLENGE_H

/* What a registry wants to know of who asks: its WWW-Authenticate header. */

#include "base/buf.h"
#include "oci/ref.h"

/* Is a token to be got first? Else it is a password. */
bool eu_challenge_is_bearer(const char *challenge);

/*
 * Writes where one gets a token for @ref, or, if that has no path, for nothing
 * but to show who one is: REALM?service=...&scope=... -EINVAL
 * if the challenge does not say, or if it says http and @tls: a password must
 * not go there.
 */
int eu_challenge_url(const char *challenge, const struct eu_ref *ref, bool push,
		     bool tls, struct eu_buf *url, struct eu_error *err);

/*
 * Why there is no @url: always negative. -E2BIG if what the registry has said is
 * too long for it.
 */
int eu_challenge_no_url(const struct eu_ref *ref, const struct eu_buf *url,
			struct eu_error *err);

/* Appends text as it stands in a query or a form. */
void eu_challenge_query(struct eu_buf *to, const char *text, size_t len);

#endif
