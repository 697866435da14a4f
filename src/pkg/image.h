/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_IMAGE_H
#define EU_PKG_IMAGE_H

/*
 * Sections and symbols of a BPF object file (ELF64, EM_BPF, relocatable, of
 * either byte order) in host form. Names and section bytes point into the
 * image or into libelf's memory and live as long as the struct.
 */

#include <libelf.h>

#include "base/error.h"

struct eu_image_section {
	const char *name;
	uint32_t type;	/* SHT_* */
	uint64_t flags; /* SHF_* */
	size_t size;
	const void *data; /* NULL: none in the file (SHT_NOBITS) */
};

struct eu_image_symbol {
	const char *name;
	uint64_t value;
	uint64_t size;
	uint8_t type;	  /* STT_* */
	uint8_t bind;	  /* STB_* */
	uint16_t section; /* index in @sections, or SHN_* */
};

struct eu_image {
	Elf *elf;
	bool big_endian;
	struct eu_image_section *sections; /* index as in the file */
	size_t n_sections;
	struct eu_image_symbol *symbols; /* sorted by name */
	size_t n_symbols;
};

/* -EINVAL with words for what is no BPF object or a damaged one. */
int eu_image_init(struct eu_image *e, const void *data, size_t len,
		  struct eu_error *err);
void eu_image_done(struct eu_image *e);

#define eu_auto_image EU_CLEANUP(eu_image_done)

/* The section called @name, or NULL. */
const struct eu_image_section *eu_image_section(const struct eu_image *e,
						const char *name);

/* A global or weak symbol defined in a section, or NULL. */
const struct eu_image_symbol *eu_image_global(const struct eu_image *e,
					      const char *name);

#endif
