/* SPDX-License-Identifier: MIT */
#include "btf/elf.h"

#include <errno.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ELFDATA_HOST ELFDATA2LSB
#else
#define ELFDATA_HOST ELFDATA2MSB
#endif

static bool fits(const struct eu_elf *e, uint64_t off, uint64_t len)
{
	return off <= e->size && len <= e->size - off;
}

static bool read_section(const struct eu_elf *e, size_t i, Elf64_Shdr *ret)
{
	if (i >= e->n)
		return false;
	memcpy(ret, e->data + e->sections + i * sizeof(*ret), sizeof(*ret));
	return ret->sh_type == SHT_NOBITS ||
	       fits(e, ret->sh_offset, ret->sh_size);
}

static int read_table(struct eu_elf *e, const Elf64_Ehdr *h, struct eu_error *err)
{
	Elf64_Shdr names;

	/* Above 65,279 sections other fields count; no object has as many. */
	if (h->e_shentsize != sizeof(names) || !h->e_shnum ||
	    h->e_shstrndx >= h->e_shnum ||
	    !fits(e, h->e_shoff, h->e_shnum * sizeof(names)))
		return eu_error_set(err, -EBADMSG,
				    "ELF file without a table of sections");
	e->sections = h->e_shoff;
	e->n = h->e_shnum;
	if (!read_section(e, h->e_shstrndx, &names) ||
	    names.sh_type != SHT_STRTAB || !names.sh_size ||
	    e->data[names.sh_offset + names.sh_size - 1])
		return eu_error_set(err, -EBADMSG,
				    "ELF file without names of sections");
	e->names = e->data + names.sh_offset;
	e->names_len = names.sh_size;
	return 0;
}

int eu_elf_init(struct eu_elf *e, const void *data, size_t size,
		struct eu_error *err)
{
	Elf64_Ehdr h;

	if (size < sizeof(h) || memcmp(data, ELFMAG, SELFMAG))
		return eu_error_set(err, -EBADMSG, "no ELF file");
	memcpy(&h, data, sizeof(h));
	if (h.e_ident[EI_CLASS] != ELFCLASS64 ||
	    h.e_ident[EI_DATA] != ELFDATA_HOST)
		return eu_error_set(
			err, -EOPNOTSUPP,
			"ELF file of 32 bits or of the other byte order");
	*e = (struct eu_elf){ .data = data, .size = size };
	return read_table(e, &h, err);
}

bool eu_elf_section(const struct eu_elf *e, size_t i, struct eu_elf_section *ret)
{
	Elf64_Shdr sh;

	if (!read_section(e, i, &sh) || sh.sh_name >= e->names_len)
		return false;
	*ret = (struct eu_elf_section){
		.name = e->names + sh.sh_name,
		.type = sh.sh_type,
		.flags = sh.sh_flags,
	};
	if (sh.sh_type != SHT_NOBITS && sh.sh_type != SHT_NULL) {
		ret->data = e->data + sh.sh_offset;
		ret->size = sh.sh_size;
	}
	return true;
}
