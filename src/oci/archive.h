/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_ARCHIVE_H
#define EU_OCI_ARCHIVE_H

/*
 * What the store has as one file: an image layout in a tar, which other tools
 * call "oci-archive". The same images give the same bytes.
 */

#include "base/buf.h"
#include "oci/store.h"

/*
 * The images @refs with all that they need and the signatures that the store
 * has, to be appended to @out. -ENOENT.
 */
int eu_archive_save(const struct eu_store *s, const struct eu_ref *refs,
		    size_t n, struct eu_buf *out, struct eu_error *err);

/*
 * Gives the images of @data to the store, each by its name. @as, if not NULL,
 * names the one image that there is. Of an index it is the manifest for this
 * machine. @fn is called for each, but not for signatures. Nothing gets a name unless all of it is
 * here and is what its digest says; -EINVAL, -EBADMSG.
 */
int eu_archive_load(const struct eu_store *s, const void *data, size_t len,
		    const struct eu_ref *as, eu_store_fn fn, void *ctx,
		    struct eu_error *err);

#endif
