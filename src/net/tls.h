/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_TLS_H
#define EU_NET_TLS_H

/* What a connection of OpenSSL is given beside libcurl's; of the module "net". */

#include <openssl/types.h>

#include "net/functions.h"

/*
 * The authorities that the options have as a text and, for their own host
 * (@known), who we are. NULL, or what is wrong, in @why.
 */
const char *tls_prepare(SSL_CTX *c, const struct eu_http_opts *o, bool known,
			char why[256]);

#endif
