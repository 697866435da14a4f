/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_KEY_H
#define EU_NET_KEY_H

/*
 * Keys that bytes are signed with or signatures verified by: Ed25519, and ECDSA
 * over P-256. What computes is in the module "net", which is opened with the
 * first.
 */

#include "base/buf.h"
#include "net/functions.h"

struct eu_key;

/*
 * The key of a PEM text; @name is for errors. -ENOKEY: it is encrypted, and
 * there is no @password.
 */
int eu_key_read(const char *pem, size_t len, const char *name,
		const char *password, struct eu_key **ret, struct eu_error *err);
/* The same of a file. */
int eu_key_open(const char *path, const char *password, struct eu_key **ret,
		struct eu_error *err);
/* A new one: "ed25519" or "ecdsa-p256". */
int eu_key_make(const char *kind, struct eu_key **ret, struct eu_error *err);
/* Accepts NULL. */
void eu_key_free(struct eu_key *k);

static inline void eu_key_free_(struct eu_key **k)
{
	eu_key_free(*k);
}

#define eu_auto_key EU_CLEANUP(eu_key_free_)

/* By which name it was opened. */
const char *eu_key_name(const struct eu_key *k);

/* Both of a private key as PEM, to be freed. */
int eu_key_write(const struct eu_key *k, const char *password,
		 char **ret_private, char **ret_public, struct eu_error *err);

/* Appends the signature. -EINVAL for a public key. */
int eu_key_sign(const struct eu_key *k, const void *data, size_t len,
		struct eu_buf *out, struct eu_error *err);
/* -EKEYREJECTED. */
int eu_key_verify(const struct eu_key *k, const void *data, size_t len,
		  const void *signature, size_t signature_len,
		  struct eu_error *err);

#endif
