/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_PUSH_H
#define EU_OCI_PUSH_H

/* Files of ours to a registry. docs/oci.md says what becomes of them there. */

#include "oci/about.h"
#include "oci/artifact.h"

struct eu_push_file {
	const char *title; /* its name, without folders */
	const char *data;
	size_t len;
	/* As eu_platform() has it; NULL: for whatever machine. */
	const char *arch;
};

/*
 * Gives the registry one file as @ref, or several as an index of what is for
 * which machine: so with one that has an architecture. @notes are annotations,
 * strings; what is missing of those in oci/about.h is filled in. The digest of
 * what @ref stands for then goes to @ret_digest.
 *
 * What @s, which may be NULL, knows to be in another repository of the registry
 * is asked to be taken from there.
 */
int eu_push(struct eu_registry *g, const struct eu_store *s,
	    const struct eu_ref *ref, const struct eu_push_file *files,
	    size_t n, const json_t *notes, char ret_digest[EU_DIGEST],
	    struct eu_error *err);

#endif
