/* SPDX-License-Identifier: MIT */
#ifndef EU_GEN_SKELETON_H
#define EU_GEN_SKELETON_H

/* C headers for the Wasm guests of a BPF object, made of the object alone. */

#include "base/buf.h"
#include "pkg/package.h"

/* "bootstrap_bpf", what it calls its struct, in new memory; NULL: no memory. */
char *eu_skeleton_name(const struct eu_package *pkg);

/* Can C call maps and programs as the object does? -EINVAL. */
int eu_skeleton_names(const struct eu_package *pkg, struct eu_error *err);

/*
 * What "bpftool gen skeleton" writes, for <libbpf-wasm.h>: the object's bytes,
 * its maps, programs and variables by name, and functions to open, load, attach
 * and destroy. -EINVAL for what C cannot name, and for an object of types alone.
 */
int eu_skeleton_write(const struct eu_package *pkg, struct eu_buf *out,
		      struct eu_error *err);

/* The types of the object's BTF, as the object has them in memory. */
int eu_skeleton_types(const struct eu_package *pkg, struct eu_buf *out,
		      struct eu_error *err);

#endif
