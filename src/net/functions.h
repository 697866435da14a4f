/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_FUNCTIONS_H
#define EU_NET_FUNCTIONS_H

/*
 * What the module "net" does: it moves the bytes of HTTP requests, several at
 * once, and knows nothing of what they are for.
 */

#include "base/error.h"

struct eu_http_opts {
	const char *cacert; /* PEM file of further authorities, or NULL */
	bool insecure;	    /* accept any certificate */
	uint32_t connect_ms;
	uint32_t stall_ms; /* without a byte */
};

struct eu_transfer {
	const char *method; /* GET, HEAD, POST, PUT, PATCH, DELETE */
	const char *url;
	/*
	 * "Name: value", ended by NULL. Redirects to other hosts leave out
	 * Authorization.
	 */
	const char *const *headers;
	const void *body; /* but for GET and HEAD */
	size_t body_len;

	/*
	 * Each header of each answer, without its line's end; the first line is
	 * one, too. What is not 0 ends the transfer.
	 */
	int (*header)(void *ctx, const char *line, size_t len);
	int (*write)(void *ctx, int status, const void *data, size_t len);
	void *ctx;

	/* The rest is the answer's. */
	int error; /* 0, or negative with words in @why */
	char why[256];
	int status; /* 200, 404 ... */
};

struct eu_net_functions {
	void *(*open)(const struct eu_http_opts *o); /* NULL: no memory */
	void (*close)(void *net);
	/*
	 * Does all of them and returns when the last is done. Connections are
	 * kept for the next call.
	 */
	void (*run)(void *net, struct eu_transfer *const *all, size_t n);
};

#endif
