/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_LEGACY_H
#define EU_PKG_LEGACY_H

/*
 * Packages of versions 0.1 and 0.2 (autumn of 2022): one flat JSON object with
 * the BPF object uncompressed in "data" and the types of events beside their
 * maps, in bits.
 */

#include "base/error.h"
#include "base/json.h"

/* Is the JSON one of these? */
bool eu_legacy_is(const json_t *root);

/*
 * The same as a package of today, which the caller drops. -EINVAL for one that
 * is broken, -E2BIG.
 */
int eu_legacy_convert(const json_t *root, json_t **ret, struct eu_error *err);

#endif
