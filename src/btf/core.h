/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_CORE_H
#define EU_BTF_CORE_H

/*
 * What the CO-RE relocations of a BPF object ask of the kernel's BTF: names of
 * types with their kinds, and of the members and enumerators on the way to a
 * field or value. Read from the sections .BTF and .BTF.ext; the latter is
 * specified in Documentation/bpf/btf.rst, the records in linux/bpf.h
 * (struct bpf_core_relo).
 */

#include "btf/wanted.h"

struct eu_core {
	struct eu_rawbtf btf;	 /* the object's own */
	void *copy;		 /* of its bytes, if not aligned */
	struct eu_wanted wanted; /* texts point into @btf */
	size_t n_relos;		 /* of all kinds */
};

#define EU_CORE                  \
	{                        \
		.btf = EU_RAWBTF \
	}

/*
 * Reads an object; the bytes are borrowed until eu_core_done(). An object
 * without relocations leaves @n_relos 0. -EOPNOTSUPP if a relocation's result
 * depends on more than the types that it names, or is not known; -EBADMSG if
 * the object is broken.
 */
int eu_core_read(struct eu_core *c, const void *elf, size_t size,
		 struct eu_error *err);

/* The same from the two sections' bytes. */
int eu_core_read_sections(struct eu_core *c, const void *btf, size_t btf_len,
			  const void *ext, size_t ext_len, struct eu_error *err);

/* Accepts NULL. */
void eu_core_done(struct eu_core *c);

#define eu_auto_core EU_CLEANUP(eu_core_done)

#endif
