/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_AUTHORITIES_H
#define EU_NET_AUTHORITIES_H

/* Where systems keep the authorities that they trust, in one file of PEM. */
static const char *const eu_authorities[] = {
	"/etc/ssl/certs/ca-certificates.crt", /* Debian, Arch, Alpine */
	"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora */
	"/etc/ssl/ca-bundle.pem",	      /* SUSE */
	"/etc/ssl/cert.pem",		      /* BSD, and Alpine */
};

#endif
