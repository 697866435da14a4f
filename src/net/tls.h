/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_TLS_H
#define EU_NET_TLS_H

/* What a connection of OpenSSL is given beside libcurl's; of the module "net". */

#include <openssl/types.h>

#include "net/functions.h"

/* Is it to speak TLS 1.3 at most, by what was set, and not whatever there is? */
bool tls_is_marked(SSL_CTX *c);

/* The authorities of a file of PEM, as many as can be read. */
void tls_add_file(SSL_CTX *c, const char *file);

/*
 * The authorities that the options have as a text and, for their own host
 * (@known), who we are. NULL, or what is wrong, in @why.
 */
const char *tls_prepare(SSL_CTX *c, const struct eu_http_opts *o, bool known,
			char why[256]);

#endif
