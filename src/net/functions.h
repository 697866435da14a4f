/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_FUNCTIONS_H
#define EU_NET_FUNCTIONS_H

/*
 * What the module "net" does: it moves the bytes of HTTP requests, several at
 * once, and signs bytes; it knows nothing of what they are for.
 */

#include "base/error.h"

struct eu_http_opts {
	const char *cacert; /* PEM file of further authorities, or NULL */
	bool insecure;	    /* accept any certificate */
	/* These three are to be there for as long as the client is. */
	const char *authorities; /* further ones as PEM, or NULL */
	const char *cert, *key;	 /* who we are, PEM files, or NULL */
	const char *cert_for;	 /* an address of the host that is told so */
	uint32_t connect_ms;	 /* 0: 10 s */
	uint32_t stall_ms;	 /* without a byte; 0: 30 s */
	uint32_t tries;		 /* of one request; 0: 4 */
	uint32_t total_ms; /* of a request with all its tries; 0: no limit */
	/* May a redirect to @url be followed? What is not 0 is the result; or NULL. */
	int (*follow)(void *ctx, const char *url, struct eu_error *err);
	void *follow_ctx;
	/*
	 * May the bytes of a file, new ones before they are kept, be used? Asked by
	 * eu_fetch() alone; what is not 0 is the result; or NULL.
	 */
	int (*check)(void *ctx, const void *data, size_t len,
		     struct eu_error *err);
	void *check_ctx;
};

struct eu_transfer {
	const char *method; /* GET, HEAD, POST, PUT, PATCH, DELETE */
	const char *url;
	/*
	 * "Name: value", ended by NULL. Redirects to other hosts leave out
	 * Authorization; those of a POST with a body are not followed.
	 */
	const char *const *headers;
	const void *body; /* but for GET and HEAD */
	size_t body_len;
	uint64_t from;	   /* the bytes before are not asked for */
	uint64_t limit_ms; /* 0: as long as it takes */

	/*
	 * Each header of each answer, without its line's end; the first line is
	 * one, too. What is not 0 ends the transfer.
	 */
	int (*header)(void *ctx, const char *line, size_t len);
	int (*write)(void *ctx, int status, const void *data, size_t len);
	/* Each address that it is led to, before that is asked; the same. */
	int (*follow)(void *ctx, const char *url);
	/*
	 * What is below is known. What is not 0 ends all the transfers that it
	 * runs with, of which this is not called. NULL: nobody asks.
	 */
	int (*done)(void *ctx);
	void *ctx;

	/* The rest is the answer's. */
	int error; /* 0, or negative with words in @why */
	char why[256];
	int status;	/* 200, 404 ... */
	bool elsewhere; /* redirects led to another scheme, host or port */
};

enum { EU_SIGNATURE_MAX = 256 }; /* bytes */

/*
 * Keys of Ed25519, which sign bytes as they are, and of ECDSA over P-256, which
 * sign their SHA-256, as DER. 0 or a negative errno.
 */
struct eu_key_functions {
	/*
	 * A PEM text's key, to sign with if it is a private one. -ENOKEY: it is
	 * encrypted, and there is no @password; -EKEYREJECTED: it is another;
	 * -ENOTSUP: a key of another kind; -EINVAL: no key.
	 */
	int (*read)(const char *pem, size_t len, const char *password,
		    void **ret);
	/* A new one: "ed25519" or "ecdsa-p256". -ENOTSUP. */
	int (*make)(const char *kind, void **ret);
	void (*free)(void *key);
	/*
	 * As PEM, to be freed; the private one encrypted if there is a
	 * @password. -EINVAL: it is a public key alone.
	 */
	int (*write)(const void *key, const char *password, char **ret_private,
		     char **ret_public);
	/* -EINVAL: it is a public key alone. */
	int (*sign)(void *key, const void *data, size_t len,
		    uint8_t ret[EU_SIGNATURE_MAX], size_t *ret_len);
	/* -EKEYREJECTED: it is another's signature, or one of other bytes. */
	int (*verify)(void *key, const void *data, size_t len,
		      const uint8_t *signature, size_t signature_len);
};

struct eu_net_functions {
	void *(*open)(const struct eu_http_opts *o); /* NULL: no memory */
	void (*close)(void *net);
	/*
	 * Does all of them and returns when the last is done. Connections are
	 * kept for the next call.
	 */
	void (*run)(void *net, struct eu_transfer *const *all, size_t n);
	const struct eu_key_functions *keys;
};

#endif
