/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_PRUNE_H
#define EU_CC_PRUNE_H

/*
 * BTF without what nobody will ask for. A program that reads two members of
 * task_struct brings the whole of it and of what lies in it, which is most of
 * the object, and which each start has to unpack, parse and hand to the kernel.
 *
 * What variables, maps, functions and anchors are made of stays whole. Types
 * that only CO-RE relocations name, or that only pointers lead to, keep name,
 * kind and size, and of their members those on the way of a relocation, where
 * they were. Relocations count members, so .BTF.ext is written anew as well.
 */

#include <bpf/btf.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * Writes the sections to @ret_btf and @ret_ext. 0 without a word, and with
 * nothing written, if there is something in them that is not known here: they
 * are to be taken as they are. -ENOMEM.
 */
int eu_prune(struct btf *btf, const void *ext, size_t ext_len,
	     struct eu_buf *ret_btf, struct eu_buf *ret_ext,
	     struct eu_error *err);

#endif
