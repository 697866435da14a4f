/* SPDX-License-Identifier: MIT */
#ifndef ECLI_SOURCE_H
#define ECLI_SOURCE_H

/*
 * Where programs come from, beside files: whether registries are asked, and
 * how. Who reads a program has one of these, zero but for its options.
 */

#include "remote.h"

enum source_pull { PULL_MISSING, PULL_ALWAYS, PULL_NEVER };

struct source {
	struct remote remote;
	enum source_pull pull;
	const char *digest; /* that it has to have; or NULL */
	bool explain;	    /* on standard error */
	bool quiet;	    /* no progress on it */
	struct eu_artifact_which which;

	/* What was taken, if it is an image. */
	char image[EU_REF_TEXT]; /* its name; or empty */
	struct eu_descriptor manifest;
};

enum {
	SOURCE_PULL = 200,
	SOURCE_OFFLINE,
	SOURCE_EXPLAIN,
	SOURCE_DIGEST,
	SOURCE_QUIET,
};

/* Rows of tables of options. */
/* clang-format off */
#define SOURCE_ROWS                                                            \
	{ 0, "digest", "DIGEST",                                               \
	  "take nothing but this: of an image its manifest's digest, else that of the bytes (sha256:...)", \
	  SOURCE_DIGEST },                                                     \
	{ 0, "offline", NULL,                                                  \
	  "ask nobody: take what the store or the cache has, as with EUNOMIA_OFFLINE=1", \
	  SOURCE_OFFLINE },                                                    \
	{ 0, "explain", NULL,                                                  \
	  "say on standard error where the program comes from, and why",       \
	  SOURCE_EXPLAIN }

#define SOURCE_OPTIONS                                                         \
	{ 0, "pull", "WHEN",                                                   \
	  "ask the registry for a reference: missing (if the store does not have it, the default), always or never", \
	  SOURCE_PULL },                                                       \
	{ 0, "quiet", NULL, "do not show how far a large one has come",        \
	  SOURCE_QUIET },                                                      \
	SOURCE_ROWS,                                                           \
	REMOTE_ROWS(0)
/* clang-format on */

/* Is it one of these rows? */
bool source_has(int id);
/* Takes it. -EINVAL. */
int source_option(struct source *s, int id, const char *value,
		  struct eu_error *err);
void source_done(struct source *s);

/* Have bytes that are no image the digest that is wanted? -EBADMSG. */
int source_check(const struct source *s, const void *data, size_t len,
		 struct eu_error *err);

/* Is it no image: standard input, a file that is there, an address? */
bool source_is_bytes(const char *word);
/* What else it is: a reference with a host, or any behind "oci://". */
int source_ref(const char *word, struct eu_ref *ret, struct eu_error *err);

/* What was taken, of which @s->image is the name; a new reference, or NULL. */
json_t *source_describe(const struct source *s);

/* What is run of an image. */
struct source_bytes {
	uint64_t max;
	bool as_file; /* the caller wants @fd */
	int fd;	      /* to be closed */
	char *data;   /* these two to be freed */
	size_t len;
	char *title; /* name of its file, or NULL */
};

/*
 * What @ref stands for: from the store, or from its registry, which then has
 * given all of it to the store. Nothing is in @ret, which has its limit, on
 * failure.
 */
int source_image(struct source *s, const struct eu_ref *ref,
		 struct source_bytes *ret, struct eu_error *err);

#endif
