/* SPDX-License-Identifier: MIT */
#include "net/tls.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

bool tls_is_marked(SSL_CTX *c)
{
	return SSL_CTX_get_max_proto_version(c) == TLS1_3_VERSION;
}

void tls_add_file(SSL_CTX *c, const char *file)
{
	SSL_CTX_load_verify_file(c, file);
	ERR_clear_error();
}

/* Beside those that are there; false if one cannot be read, or there is none. */
static bool add_authorities(X509_STORE *to, const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	bool added = false, whole;
	X509 *one;

	while (bio && (one = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		added = X509_STORE_add_cert(to, one) == 1;
		X509_free(one);
		if (!added)
			break;
	}
	/* The end, and not what is no certificate. */
	whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	BIO_free(bio);
	return added && whole;
}

/* Nobody is asked for a password here. */
static int no_password(char *to, int size, int writing, void *v)
{
	(void)to;
	(void)size;
	(void)writing;
	(void)v;
	return -1;
}

const char *tls_prepare(SSL_CTX *c, const struct eu_http_opts *o, bool known,
			char why[256])
{
	const char *wrong = NULL;

	ERR_clear_error();
	if (o->authorities &&
	    !add_authorities(SSL_CTX_get_cert_store(c), o->authorities)) {
		wrong = "the authorities of its certs.d are no certificates in PEM";
	} else if (o->cert && known) {
		SSL_CTX_set_default_passwd_cb(c, no_password);
		if (SSL_CTX_use_certificate_chain_file(c, o->cert) != 1) {
			snprintf(why, 256, "'%s' is no certificate in PEM",
				 o->cert);
			wrong = why;
		} else if (SSL_CTX_use_PrivateKey_file(c, o->key,
						       SSL_FILETYPE_PEM) != 1) {
			snprintf(why, 256,
				 "'%s' is not the key of the certificate beside it, or wants a password",
				 o->key);
			wrong = why;
		}
	}
	ERR_clear_error();
	return wrong;
}
