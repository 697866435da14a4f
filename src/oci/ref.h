/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_REF_H
#define EU_OCI_REF_H

/*
 * References to what registries have: [HOST[:PORT]/]PATH[:TAG][@DIGEST], by the
 * grammar of the distribution project's "reference". The first part of the
 * path is a host if it has a dot or a colon in it, or is "localhost". Without
 * one it is docker.io, and there a path of one part lies below library/.
 * Without tag and digest the tag is "latest".
 */

#include "base/error.h"

enum { EU_REF_HOST = 256, EU_REF_PATH = 256, EU_REF_TAG = 129, EU_DIGEST = 72 };

struct eu_ref {
	char host[EU_REF_HOST]; /* with the port */
	char path[EU_REF_PATH];
	char tag[EU_REF_TAG];	/* or empty */
	char digest[EU_DIGEST]; /* "sha256:..." or empty */
};

/* -EINVAL says what is wrong, and how one looks. */
int eu_ref_parse(const char *text, struct eu_ref *ret, struct eu_error *err);

/* HOST/PATH:TAG@DIGEST, what is empty left out. */
void eu_ref_format(const struct eu_ref *ref, char *ret, size_t size);

enum { EU_REF_TEXT = EU_REF_HOST + EU_REF_PATH + EU_REF_TAG + EU_DIGEST };

/* The tag or, if it has one, the digest: what names the manifest. */
const char *eu_ref_which(const struct eu_ref *ref);

/* In the same repository the tag "sha256-DIGEST" with @end behind it. */
void eu_ref_beside(const struct eu_ref *ref, const char *digest,
		   const char *end, struct eu_ref *ret);
/* What holds the signatures of a manifest: ".sig" at the end. */
void eu_ref_signatures(const struct eu_ref *ref, const char *digest,
		       struct eu_ref *ret);
/* Is it such a tag, and of what? */
bool eu_ref_signs(const struct eu_ref *ref, char ret_digest[EU_DIGEST]);

/* Is the host this machine? */
bool eu_ref_is_loopback(const struct eu_ref *ref);

/* Could a manifest be called so? */
bool eu_tag_is_valid(const char *tag);
/* Is it one that stands for what belongs to a digest, as signatures do? */
bool eu_tag_is_beside(const char *tag);

/* Is it "sha256:" and 64 digits, lower case? */
bool eu_digest_is_valid(const char *digest);

/* The digest of bytes as text. */
int eu_digest_of(const void *data, size_t len, char ret[EU_DIGEST],
		 struct eu_error *err);
void eu_digest_format(const uint8_t *sha256, char ret[EU_DIGEST]);

#endif
