/* SPDX-License-Identifier: MIT */
#include "pkg/image.h"

#include <errno.h>
#include <gelf.h>
#include <string.h>

/*
 * Each section of data is looked for among all types or symbols, and sorting
 * symbols compares their names, so there are limits to both.
 */
enum { MAX_SECTIONS = 4096, MAX_SYMBOLS = 1 << 20, MAX_NAME = 4096 };

static int damaged(struct eu_error *err)
{
	const char *why = elf_errmsg(-1);

	/* libelf's own number for it is nowhere declared. */
	if (errno == ENOMEM)
		return eu_error_oom(err);
	return eu_error_set(err, -EINVAL, "the ELF file is damaged or cut: %s",
			    why ?: "bad contents");
}

static int check_header(struct eu_image *e, size_t len, struct eu_error *err)
{
	GElf_Ehdr h;

	if (!e->elf || elf_kind(e->elf) != ELF_K_ELF || !gelf_getehdr(e->elf, &h))
		return damaged(err);
	if (h.e_machine != EM_BPF)
		return eu_error_set(err, -EINVAL,
				    "an ELF file, but no BPF object (machine %u)",
				    h.e_machine);
	if (h.e_type != ET_REL || gelf_getclass(e->elf) != ELFCLASS64)
		return eu_error_set(err, -EINVAL,
				    "a BPF file, but no 64-bit object file");
	/* libelf sees no sections at all where their table is cut off. */
	if (!h.e_shoff || h.e_shoff > len ||
	    (len - h.e_shoff) / sizeof(Elf64_Shdr) < h.e_shnum)
		return eu_error_set(
			err, -EINVAL,
			"the ELF file is damaged or cut: no section table");
	e->big_endian = h.e_ident[EI_DATA] == ELFDATA2MSB;
	return 0;
}

static int read_section(struct eu_image *e, size_t i, size_t names, size_t len,
			struct eu_error *err)
{
	struct eu_image_section *s = &e->sections[i];
	Elf_Scn *scn = elf_getscn(e->elf, i);
	Elf_Data *d;
	GElf_Shdr sh;

	if (!scn || !gelf_getshdr(scn, &sh))
		return damaged(err);
	s->name = elf_strptr(e->elf, names, sh.sh_name);
	if (!s->name)
		return damaged(err);
	s->type = sh.sh_type;
	s->flags = sh.sh_flags;
	s->size = sh.sh_size;
	if (sh.sh_type == SHT_NOBITS) {
		if (sh.sh_size > UINT32_MAX)
			return damaged(err);
		return 0;
	}
	if (sh.sh_type == SHT_NULL || !sh.sh_size) {
		s->size = 0;
		return 0;
	}
	if (sh.sh_offset > len || sh.sh_size > len - sh.sh_offset)
		return damaged(err);
	d = elf_rawdata(scn, NULL);
	if (!d || !d->d_buf || d->d_size != sh.sh_size)
		return damaged(err);
	s->data = d->d_buf;
	return 0;
}

static int read_sections(struct eu_image *e, size_t len, struct eu_error *err)
{
	size_t n, names;
	int r = 0;

	if (elf_getshdrnum(e->elf, &n) || elf_getshdrstrndx(e->elf, &names))
		return damaged(err);
	if (n > MAX_SECTIONS)
		return eu_error_set(err, -E2BIG,
				    "it has %zu sections; %d are allowed", n,
				    MAX_SECTIONS);
	e->sections = calloc(n ?: 1, sizeof(*e->sections));
	if (!e->sections)
		return eu_error_oom(err);
	e->n_sections = n;
	for (size_t i = 0; i < n; i++)
		e->sections[i].name = "";
	for (size_t i = 1; i < n && !r; i++)
		r = read_section(e, i, names, len, err);
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct eu_image_symbol *x = a, *y = b;
	int r = x->name == y->name ? 0 : strcmp(x->name, y->name);

	if (!r)
		r = (x->section > y->section) - (x->section < y->section);
	return r ? r : (x->value > y->value) - (x->value < y->value);
}

static int read_symbols(struct eu_image *e, Elf_Scn *scn, GElf_Shdr *sh,
			struct eu_error *err)
{
	Elf_Data *d = elf_getdata(scn, NULL);
	size_t n = sh->sh_size / sizeof(Elf64_Sym);
	struct eu_image_symbol *s;
	GElf_Sym sym;

	if (!d || n > MAX_SYMBOLS)
		return damaged(err);
	e->symbols = calloc(n ?: 1, sizeof(*e->symbols));
	if (!e->symbols)
		return eu_error_oom(err);
	for (size_t i = 1; i < n; i++) {
		if (!gelf_getsym(d, i, &sym))
			return damaged(err);
		s = &e->symbols[e->n_symbols++];
		*s = (struct eu_image_symbol){
			.name = elf_strptr(e->elf, sh->sh_link, sym.st_name) ?: "",
			.value = sym.st_value,
			.size = sym.st_size,
			.type = GELF_ST_TYPE(sym.st_info),
			.bind = GELF_ST_BIND(sym.st_info),
			.section = sym.st_shndx,
		};
		if (strnlen(s->name, MAX_NAME + 1) > MAX_NAME)
			return eu_error_set(
				err, -E2BIG,
				"symbol %zu has a name of more than %d bytes",
				i, MAX_NAME);
	}
	qsort(e->symbols, e->n_symbols, sizeof(*e->symbols), by_name);
	return 0;
}

static int find_symbols(struct eu_image *e, struct eu_error *err)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(e->elf, scn)))
		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB)
			return read_symbols(e, scn, &sh, err);
	return 0;
}

int eu_image_init(struct eu_image *e, const void *data, size_t len,
		  struct eu_error *err)
{
	int r;

	memset(e, 0, sizeof(*e));
	if (elf_version(EV_CURRENT) == EV_NONE)
		return eu_error_set(err, -ENOTSUP, "libelf is too old");
	errno = 0;
	/* Read only, though the prototype wants it writable. */
	e->elf = elf_memory((char *)data, len);
	r = check_header(e, len, err);
	if (!r)
		r = read_sections(e, len, err);
	if (!r)
		r = find_symbols(e, err);
	if (r)
		eu_image_done(e);
	return r;
}

void eu_image_done(struct eu_image *e)
{
	free(e->sections);
	free(e->symbols);
	elf_end(e->elf);
	memset(e, 0, sizeof(*e));
}

const struct eu_image_section *eu_image_section(const struct eu_image *e,
						const char *name)
{
	for (size_t i = 1; i < e->n_sections; i++)
		if (!strcmp(e->sections[i].name, name))
			return &e->sections[i];
	return NULL;
}

const struct eu_image_symbol *eu_image_global(const struct eu_image *e,
					      const char *name)
{
	size_t lo = 0, hi = e->n_symbols, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (strcmp(e->symbols[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < e->n_symbols && !strcmp(e->symbols[lo].name, name); lo++)
		if (e->symbols[lo].bind != STB_LOCAL &&
		    e->symbols[lo].section < e->n_sections &&
		    e->symbols[lo].section)
			return &e->symbols[lo];
	return NULL;
}
