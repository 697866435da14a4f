/* SPDX-License-Identifier: MIT */
#include "net/sign.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

/* What makes trying passwords slow: 16 MiB and some 50 ms for each. */
enum { SCRYPT_N = 1 << 14, SCRYPT_R = 8, SCRYPT_P = 1 };

struct key {
	EVP_PKEY *pkey;
	bool private;
};

static const struct {
	const char *name;      /* ours */
	const char *algorithm; /* OpenSSL's */
	const char *group; /* by which it is made, and by which it is known */
	const char *known;
	const EVP_MD *(*digest)(void);
} kinds[] = {
	{ "ed25519", "ED25519", NULL, NULL, NULL },
	{ "ecdsa-p256", "EC", "P-256", "prime256v1", EVP_sha256 },
};

/* The place in the table, or its length. */
static size_t kind_of(const EVP_PKEY *pkey)
{
	char group[64] = "";
	size_t i;

	EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group,
				       sizeof(group), NULL);
	for (i = 0; i < EU_COUNT(kinds); i++) {
		if (EVP_PKEY_is_a(pkey, kinds[i].algorithm) &&
		    (!kinds[i].known || !strcmp(group, kinds[i].known)))
			break;
	}
	return i;
}

static void key_free(void *v)
{
	struct key *k = v;

	if (k)
		EVP_PKEY_free(k->pkey);
	free(k);
}

/* Takes @pkey. */
static int key_new(EVP_PKEY *pkey, bool private, void **ret)
{
	const bool known = kind_of(pkey) != EU_COUNT(kinds);
	struct key *k = known ? calloc(1, sizeof(*k)) : NULL;

	if (!k) {
		EVP_PKEY_free(pkey);
		return known ? -ENOMEM : -ENOTSUP;
	}
	*k = (struct key){ .pkey = pkey, .private = private };
	*ret = k;
	return 0;
}

struct asked {
	const char *password;
	bool is;
};

static int on_password(char *to, int size, int writing, void *v)
{
	struct asked *a = v;
	const size_t n = a->password ? strlen(a->password) : 0;

	(void)writing;
	a->is = true;
	if (!a->password || n > (size_t)size)
		return -1;
	memcpy(to, a->password, n);
	return (int)n;
}

static int key_read(const char *pem, size_t len, const char *password, void **ret)
{
	struct asked asked = { .password = password };
	EVP_PKEY *pkey = NULL;
	bool private = false;
	BIO *bio = len > INT_MAX ? NULL : BIO_new_mem_buf(pem, (int)len);

	if (!bio)
		return -ENOMEM;
	pkey = PEM_read_bio_PUBKEY(bio, NULL, on_password, &asked);
	if (!pkey) {
		BIO_reset(bio);
		pkey = PEM_read_bio_PrivateKey(bio, NULL, on_password, &asked);
		private = pkey;
	}
	BIO_free(bio);
	ERR_clear_error();
	if (pkey)
		return key_new(pkey, private, ret);
	return !asked.is ? -EINVAL : password ? -EKEYREJECTED : -ENOKEY;
}

static int key_make(const char *kind, void **ret)
{
	EVP_PKEY *pkey;

	for (size_t i = 0; i < EU_COUNT(kinds); i++) {
		if (strcmp(kinds[i].name, kind) != 0)
			continue;
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, kinds[i].algorithm,
					 kinds[i].group);
		return pkey ? key_new(pkey, true, ret) : -EIO;
	}
	return -ENOTSUP;
}

/* What was written, to be freed; NULL: no memory. */
static char *text_of(BIO *bio)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);

	return len > 0 ? strndup(data, len) : NULL;
}

static bool write_private(BIO *to, const struct key *k, const char *password)
{
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(k->pkey);
	X509_ALGOR *how = NULL;
	X509_SIG *sealed = NULL;
	bool done = false;

	if (!plain)
		return false;
	if (password) {
		how = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 0, NULL,
					    SCRYPT_N, SCRYPT_R, SCRYPT_P);
		sealed = how ? PKCS8_set0_pbe(password, (int)strlen(password),
					      plain, how) :
			       NULL;
		/* It has taken the other. */
		if (!sealed)
			X509_ALGOR_free(how);
		done = sealed && PEM_write_bio_PKCS8(to, sealed);
	} else {
		done = PEM_write_bio_PKCS8_PRIV_KEY_INFO(to, plain);
	}
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(plain);
	return done;
}

static int key_write(const void *v, const char *password, char **ret_private,
		     char **ret_public)
{
	const struct key *k = v;
	BIO *private, *public;
	char *texts[2] = { 0 };

	if (!k->private)
		return -EINVAL;
	private = BIO_new(BIO_s_secmem());
	public = BIO_new(BIO_s_mem());
	if (private && public && write_private(private, k, password) &&
	    PEM_write_bio_PUBKEY(public, k->pkey)) {
		texts[0] = text_of(private);
		texts[1] = text_of(public);
	}
	BIO_free(private);
	BIO_free(public);
	ERR_clear_error();
	if (!texts[0] || !texts[1]) {
		free(texts[0]);
		free(texts[1]);
		return -ENOMEM;
	}
	*ret_private = texts[0];
	*ret_public = texts[1];
	return 0;
}

static const EVP_MD *digest_of(const struct key *k)
{
	const size_t i = kind_of(k->pkey);

	return kinds[i].digest ? kinds[i].digest() : NULL;
}

static int key_sign(void *v, const void *data, size_t len,
		    uint8_t ret[EU_SIGNATURE_MAX], size_t *ret_len)
{
	const struct key *k = v;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t n = EU_SIGNATURE_MAX;
	int r = c ? 0 : -ENOMEM;

	if (!r && !k->private)
		r = -EINVAL;
	if (!r && (EVP_DigestSignInit(c, NULL, digest_of(k), NULL, k->pkey) != 1 ||
		   EVP_DigestSign(c, ret, &n, data, len) != 1))
		r = -EIO;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	if (!r)
		*ret_len = n;
	return r;
}

static int key_verify(void *v, const void *data, size_t len,
		      const uint8_t *signature, size_t signature_len)
{
	const struct key *k = v;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	int r = c ? -EKEYREJECTED : -ENOMEM;

	if (c && EVP_DigestVerifyInit(c, NULL, digest_of(k), NULL, k->pkey) == 1 &&
	    EVP_DigestVerify(c, signature, signature_len, data, len) == 1)
		r = 0;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	return r;
}

const struct eu_key_functions key_functions = {
	.read = key_read,
	.make = key_make,
	.free = key_free,
	.write = key_write,
	.sign = key_sign,
	.verify = key_verify,
};
