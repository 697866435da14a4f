/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_ABOUT_H
#define EU_OCI_ABOUT_H

/*
 * What a manifest says to people and tools about what was pushed: annotations,
 * the image specification's and our own, of which the same file gets the same.
 */

#include "base/json.h"

#define EU_OCI_TITLE "org.opencontainers.image.title"
#define EU_OCI_CREATED "org.opencontainers.image.created"
#define EU_OCI_SOURCE "org.opencontainers.image.source"
#define EU_OCI_VERSION "org.opencontainers.image.version"
#define EU_OCI_LICENSES "org.opencontainers.image.licenses"
#define EU_OCI_DESCRIPTION "org.opencontainers.image.description"
/* The oldest Linux that has all of it, "5.8"; and what that is. */
#define EU_OCI_KERNEL "io.eunomia.kernel"
#define EU_OCI_NEEDS "io.eunomia.needs"

/*
 * Adds what the bytes of a package, an object or an archive say of it, but for
 * what *@notes has already; @notes may be NULL. Of what is no such thing nothing
 * is said: what is wrong with it, called @origin, is the error then, as of
 * eu_package_parse(). *@notes becomes NULL without memory.
 */
int eu_about_program(const void *data, size_t len, const char *origin,
		     json_t **notes, struct eu_error *err);

/* The time of $SOURCE_DATE_EPOCH, if that is set. */
void eu_about_time(json_t **notes);

/* @value unless it is NULL, or there is one of that name. */
void eu_about_put(json_t **notes, const char *name, const char *value);

/*
 * What the kernel calls a licence, as an expression of SPDX: at most @size
 * bytes with the NUL to @to. NULL if it is none.
 */
const char *eu_about_license(const char *kernels, char *to, size_t size);

#endif
