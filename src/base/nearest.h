/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_NEAREST_H
#define EU_BASE_NEAREST_H

/* Names that somebody may have meant who wrote another. */

#include "base/error.h"

enum { EU_NEAREST_NAMES = 3, EU_NEAREST_LENGTH = 64, EU_NEAREST_FEW = 5 };

struct eu_nearest {
	const char *wanted; /* borrowed */
	const char *prefix; /* in front of each name, "--", or NULL */
	size_t n;
	struct {
		unsigned int distance;
		char name[EU_NEAREST_LENGTH];
	} best[EU_NEAREST_NAMES]; /* nearest first */
	size_t n_seen;		  /* of all names, however far */
	char seen[EU_NEAREST_FEW][EU_NEAREST_LENGTH];
};

/* Looks at a name that there is, of @len bytes. */
void eu_nearest_try(struct eu_nearest *n, const char *name, size_t len);

/* "; did you mean 'a' or 'b'?" if something was near. Returns @code. */
int eu_nearest_append(const struct eu_nearest *n, int code, struct eu_error *err);

/* The same; if nothing was near and there are few: "; there are 'a', 'b'". */
int eu_nearest_or_all(const struct eu_nearest *n, int code, struct eu_error *err);

#endif
