/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_CTYPE_H
#define EU_PKG_CTYPE_H

/*
 * BTF types spelled as C declares them, without const and volatile: "int",
 * "char[16]", "struct event *", "int (*)(int)".
 */

#include <bpf/btf.h>

#include "base/buf.h"

/*
 * Appends the spelling of @type_id. Types without a name are "struct {...}";
 * broken or endless ones become "?".
 */
void eu_ctype_format(const struct btf *btf, uint32_t type_id, struct eu_buf *out);

/* The same in new memory, or NULL if there is none. */
char *eu_ctype_string(const struct btf *btf, uint32_t type_id);

#endif
