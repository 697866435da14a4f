/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_ELF_H
#define EU_BTF_ELF_H

/*
 * The sections of an ELF file in memory, as BPF objects are: 64 bits, in the
 * byte order of this machine. Everything is borrowed from the file's bytes,
 * none of which is trusted.
 */

#include <elf.h>

#include "base/error.h"

struct eu_elf {
	const char *data;
	size_t size;
	size_t sections; /* where the table starts */
	size_t n;	 /* sections, the empty first one included */
	const char *names;
	size_t names_len;
};

struct eu_elf_section {
	const char *name;
	const char *data; /* not aligned */
	size_t size;	  /* of @data */
	uint32_t type;	  /* SHT_ */
	uint64_t flags;	  /* SHF_ */
};

/* -EBADMSG for what is no ELF file; -EOPNOTSUPP for one of another sort. */
int eu_elf_init(struct eu_elf *e, const void *data, size_t size,
		struct eu_error *err);

/* False for a section that does not lie within the file. */
bool eu_elf_section(const struct eu_elf *e, size_t i, struct eu_elf_section *ret);

#endif
