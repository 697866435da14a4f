/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_CERTS_H
#define EU_OCI_CERTS_H

/*
 * Certificates for single registries, where docker and podman have them: the
 * folder HOST[:PORT] of a certs.d, with authorities (*.crt) and a certificate of
 * one's own (*.cert, its key beside it as *.key), as containers-certs.d(5) says.
 */

#include "base/error.h"

struct eu_certs {
	bool found;	   /* there is such a folder */
	char *authorities; /* all of them, PEM; or NULL */
	char *cert, *key;  /* paths, or NULL */
};

/*
 * What the first certs.d has that has a folder for @host: of
 * ~/.config/containers, /etc/containers, /etc/docker. None is no error; what
 * cannot be read, and half a pair, is. To be ended by eu_certs_done().
 */
int eu_certs_find(const char *host, struct eu_certs *ret, struct eu_error *err);
void eu_certs_done(struct eu_certs *c);

#endif
