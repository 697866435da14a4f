/* SPDX-License-Identifier: MIT */
#include "net/key.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/module.h"

enum { MAX_FILE = 64 << 10 };

struct eu_key {
	const struct eu_key_functions *fn;
	void *key;
	char *name;
};

static int begin(const char *name, struct eu_key **ret, struct eu_error *err)
{
	const void *functions;
	struct eu_key *k;
	int r = eu_module_load("net", &functions, err);

	if (r)
		return r;
	k = calloc(1, sizeof(*k));
	if (k)
		k->name = strdup(name);
	if (!k || !k->name) {
		free(k);
		return eu_error_oom(err);
	}
	k->fn = ((const struct eu_net_functions *)functions)->keys;
	*ret = k;
	return 0;
}

void eu_key_free(struct eu_key *k)
{
	if (!k)
		return;
	if (k->key)
		k->fn->free(k->key);
	free(k->name);
	free(k);
}

static const struct {
	int code;
	const char *words;
} errors[] = {
	{ -ENOKEY, "is encrypted, and no password is given" },
	{ -EKEYREJECTED, "is encrypted with another password" },
	{ -ENOTSUP,
	  "is a key of another kind: Ed25519 and ECDSA P-256 are known" },
	{ -EINVAL, "holds no key in PEM" },
};

static int failed(const struct eu_key *k, int code, struct eu_error *err)
{
	for (size_t i = 0; i < EU_COUNT(errors); i++) {
		if (errors[i].code == code)
			return eu_error_set(err, code, "'%s' %s", k->name,
					    errors[i].words);
	}
	return eu_error_set(err, code, "the key '%s': %s", k->name,
			    strerror(-code));
}

int eu_key_read(const char *pem, size_t len, const char *name,
		const char *password, struct eu_key **ret, struct eu_error *err)
{
	eu_auto_key struct eu_key *k = NULL;
	int r = begin(name, &k, err);

	if (r)
		return r;
	if (strstr(pem, "BEGIN ENCRYPTED SIGSTORE") ||
	    strstr(pem, "BEGIN ENCRYPTED COSIGN"))
		return eu_error_set(
			err, -ENOTSUP,
			"'%s' is in cosign's own form: make a key with 'ecli keygen', which 'cosign import-key-pair' reads",
			name);
	r = k->fn->read(pem, len, password, &k->key);
	if (r)
		return failed(k, r, err);
	*ret = eu_take_ptr(k);
	return 0;
}

int eu_key_open(const char *path, const char *password, struct eu_key **ret,
		struct eu_error *err)
{
	eu_auto_free char *pem = NULL;
	size_t len;
	int r = eu_file_read(path, MAX_FILE, &pem, &len, err);

	if (r)
		return r;
	r = eu_key_read(pem, len, path, password, ret, err);
	explicit_bzero(pem, len);
	return r;
}

int eu_key_make(const char *kind, struct eu_key **ret, struct eu_error *err)
{
	eu_auto_key struct eu_key *k = NULL;
	int r = begin(kind, &k, err);

	if (r)
		return r;
	r = k->fn->make(kind, &k->key);
	if (r == -ENOTSUP)
		return eu_error_set(
			err, -EINVAL,
			"'%s' is no kind of key here: ed25519 or ecdsa-p256",
			kind);
	if (r)
		return failed(k, r, err);
	*ret = eu_take_ptr(k);
	return 0;
}

const char *eu_key_name(const struct eu_key *k)
{
	return k->name;
}

int eu_key_write(const struct eu_key *k, const char *password,
		 char **ret_private, char **ret_public, struct eu_error *err)
{
	int r = k->fn->write(k->key, password, ret_private, ret_public);

	return r ? failed(k, r, err) : 0;
}

int eu_key_sign(const struct eu_key *k, const void *data, size_t len,
		struct eu_buf *out, struct eu_error *err)
{
	uint8_t signature[EU_SIGNATURE_MAX];
	size_t n = 0;
	int r = k->fn->sign(k->key, data, len, signature, &n);

	if (r == -EINVAL)
		return eu_error_set(
			err, r,
			"'%s' is a public key: one signs with the private one",
			k->name);
	if (r)
		return failed(k, r, err);
	eu_buf_put(out, signature, n);
	return out->error ? eu_error_oom(err) : 0;
}

int eu_key_verify(const struct eu_key *k, const void *data, size_t len,
		  const void *signature, size_t signature_len,
		  struct eu_error *err)
{
	int r = k->fn->verify(k->key, data, len, signature, signature_len);

	if (r == -EKEYREJECTED)
		return eu_error_set(err, r, "it is not by the key '%s'", k->name);
	return r ? failed(k, r, err) : 0;
}
