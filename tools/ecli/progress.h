/* SPDX-License-Identifier: MIT */
#ifndef ECLI_PROGRESS_H
#define ECLI_PROGRESS_H

/*
 * A line on a terminal that shows how far the large blobs have come that move at
 * the same time; nothing where standard error is none.
 */

#include "oci/registry.h"

struct progress {
	struct {
		char digest[EU_DIGEST];
		uint64_t done, size;
	} blobs[EU_REGISTRY_PARTS]; /* that are shown */
	size_t n;
	int width; /* columns of the bar */
	int percent;
};

/* Has the registries that are opened with @o tell @p, which has to stay. */
void progress_begin(struct progress *p, struct eu_registry_opts *o);
/* Leaves the line empty. */
void progress_end(struct progress *p);

#endif
