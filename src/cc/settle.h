/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_SETTLE_H
#define EU_CC_SETTLE_H

/*
 * BTF of clang's with nothing left to chance. LLVM ends the types with forward
 * declarations of those that pointers lead to and nothing else, in the order
 * of their addresses in its memory, which address space randomisation changes
 * from run to run. Here they get the order of their names.
 */

#include <bpf/btf.h>

#include "base/error.h"

/* In place: types and strings keep their sizes. -ENOMEM. */
int eu_settle(struct btf *btf, struct eu_error *err);

#endif
