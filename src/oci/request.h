/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_REQUEST_H
#define EU_OCI_REQUEST_H

/* What the files about one registry share: requests with who we are. */

#include <string.h>

#include "oci/certs.h"
#include "oci/mirror.h"
#include "oci/registry.h"

enum { EU_REQUEST_URL = 4096 };

struct eu_registry {
	struct eu_net *net;
	struct eu_ref ref;
	const char *scheme;
	struct eu_credentials who;
	struct eu_certs certs;
	char own[EU_REF_HOST + 16]; /* SCHEME://HOST */
	char *authorization;	    /* "Authorization: ...", or NULL */
	bool may_push;		    /* of the token that is asked for */
	char source[EU_REF_PATH];   /* it is for pulling from this one, too */
	bool wants_catalog;	    /* it is for the list of repositories */
	bool wants_tag;		    /* and what it stands for is not known */
	bool mounts_nothing; /* it has refused to take from another one */
	bool wants_identity; /* a token instead of the password */
	char *identity;
	/* Asked first for what is pulled. */
	struct eu_registry *mirrors[EU_MIRRORS];
	size_t n_mirrors;
	uint32_t tries; /* of an upload */
	eu_registry_progress_fn progress;
	void *progress_ctx;
};

/*
 * Does it; a 401 is answered once. @headers has two places behind its @n.
 */
int eu_request_run(struct eu_registry *g, struct eu_http *h,
		   const char **headers, size_t n, struct eu_error *err);

static inline bool eu_request_is_tls(const struct eu_registry *g)
{
	return !strcmp(g->scheme, "https");
}

/* What an answer means that is not the one hoped for: always negative. */
int eu_request_refused(const struct eu_registry *g, const struct eu_http *h,
		       const char *what, struct eu_error *err);

/* For people, which no registry gives. */
bool eu_request_is_web_page(const struct eu_http *h);

/* SCHEME://HOST/v2/PATH/@what/@which, in @to. */
const char *eu_request_url(const struct eu_registry *g, struct eu_buf *to,
			   const char *what, const char *which);
/* SCHEME://HOST alone. */
void eu_request_host(const struct eu_registry *g, struct eu_buf *to);

#endif
