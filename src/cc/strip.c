/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cc/strip.h"

#include <bpf/btf.h>
#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/child.h"
#include "cc/prune.h"
#include "cc/settle.h"

enum { MAX_STRINGS = 16 << 20, MAX_BTF = 64 << 20, DROPPED = 0 };

/*
 * Old and new object side by side. Sections and symbols are numbered anew;
 * the maps hold the new number of an old one, DROPPED if it is not taken
 * over (number 0 is the empty one that every table begins with).
 */
struct strip {
	Elf *from, *to;
	size_t n_sections, names; /* of @from */
	size_t *section_map;
	size_t symtab;		  /* index in @from, or 0 */
	size_t n_symbols, locals; /* of @to */
	size_t *symbol_map;
	struct eu_buf strings;	/* of the new .strtab */
	struct eu_buf btf, ext; /* as they are to be; @ext empty: as it was */
	void **owned;		/* section bytes that were made here */
	size_t n_owned;
	struct eu_error *err;
};

static int failed(struct strip *s)
{
	return eu_error_set(s->err, -EINVAL, "cannot strip the object: %s",
			    elf_errmsg(-1) ?: "it is damaged");
}

static int section(struct strip *s, size_t i, Elf_Scn **scn, GElf_Shdr *sh,
		   const char **name)
{
	*scn = elf_getscn(s->from, i);
	if (!*scn || !gelf_getshdr(*scn, sh))
		return failed(s);
	*name = elf_strptr(s->from, s->names, sh->sh_name);
	return *name ? 0 : failed(s);
}

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static bool is_dropped(const char *name, const GElf_Shdr *sh)
{
	if (sh->sh_type == SHT_REL || sh->sh_type == SHT_RELA) {
		name += strlen(sh->sh_type == SHT_REL ? ".rel" : ".rela");
		if (starts(name, ".BTF"))
			return true;
	}
	return starts(name, ".debug_") || !strcmp(name, ".eu_types") ||
	       !strcmp(name, ".llvm_addrsig") ||
	       !strcmp(name, ".linker-options") || !strcmp(name, ".comment") ||
	       sh->sh_type == SHT_SYMTAB || sh->sh_type == SHT_STRTAB;
}

/* Which sections stay; symbol and string table are written anew. */
static int choose_sections(struct strip *s)
{
	const char *name;
	size_t n = 1;
	Elf_Scn *scn;
	GElf_Shdr sh;
	int r;

	if (elf_getshdrnum(s->from, &s->n_sections) ||
	    elf_getshdrstrndx(s->from, &s->names))
		return failed(s);
	s->section_map = calloc(s->n_sections + 1, sizeof(*s->section_map));
	if (!s->section_map)
		return eu_error_oom(s->err);
	for (size_t i = 1; i < s->n_sections; i++) {
		r = section(s, i, &scn, &sh, &name);
		if (r)
			return r;
		if (sh.sh_type == SHT_SYMTAB)
			s->symtab = i;
		if (!is_dropped(name, &sh))
			s->section_map[i] = n++;
	}
	return 0;
}

/* Marks the symbols that relocations of kept sections refer to. */
static int mark_used(struct strip *s, bool *used, size_t n_symbols)
{
	const char *name;
	Elf_Data *data;
	Elf_Scn *scn;
	GElf_Shdr sh;
	GElf_Rel rel;
	int r;

	for (size_t i = 1; i < s->n_sections; i++) {
		r = section(s, i, &scn, &sh, &name);
		if (r)
			return r;
		if (!s->section_map[i] || sh.sh_type != SHT_REL)
			continue;
		data = elf_getdata(scn, NULL);
		for (size_t k = 0; data && k < sh.sh_size / sizeof(Elf64_Rel);
		     k++) {
			if (!gelf_getrel(data, k, &rel) ||
			    GELF_R_SYM(rel.r_info) >= n_symbols)
				return failed(s);
			used[GELF_R_SYM(rel.r_info)] = true;
		}
	}
	return 0;
}

/* A new symbol's section: kept, or one of the special numbers. */
static bool map_section(const struct strip *s, GElf_Sym *sym)
{
	if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= SHN_LORESERVE)
		return true;
	if (sym->st_shndx >= s->n_sections || !s->section_map[sym->st_shndx])
		return false;
	sym->st_shndx = s->section_map[sym->st_shndx];
	return true;
}

static uint32_t add_string(struct strip *s, const char *name)
{
	uint32_t at = s->strings.len;

	if (!*name)
		return 0;
	eu_buf_put(&s->strings, name, strlen(name) + 1);
	return at;
}

/* Copies the symbols that stay to @out, which has room for all. */
static int copy_symbols(struct strip *s, Elf_Data *in, size_t strtab,
			const bool *used, size_t n, Elf64_Sym *out)
{
	const char *name;
	GElf_Sym sym;

	s->n_symbols = s->locals = 1;
	for (size_t i = 1; i < n; i++) {
		if (!gelf_getsym(in, i, &sym))
			return failed(s);
		name = elf_strptr(s->from, strtab, sym.st_name) ?: "";
		if (GELF_ST_BIND(sym.st_info) == STB_LOCAL && !used[i] &&
		    GELF_ST_TYPE(sym.st_info) != STT_FUNC)
			continue;
		if (!map_section(s, &sym))
			continue;
		if (GELF_ST_BIND(sym.st_info) == STB_LOCAL)
			s->locals = s->n_symbols + 1;
		sym.st_name = add_string(s, name);
		s->symbol_map[i] = s->n_symbols;
		out[s->n_symbols++] = (Elf64_Sym){
			.st_name = sym.st_name,
			.st_info = sym.st_info,
			.st_other = sym.st_other,
			.st_shndx = sym.st_shndx,
			.st_value = sym.st_value,
			.st_size = sym.st_size,
		};
	}
	return 0;
}

/* The bytes belong to @s from now on. */
static int own(struct strip *s, void *p)
{
	if (p &&
	    !eu_array_grow(&s->owned, s->n_owned, sizeof(*s->owned), 1 << 16)) {
		s->owned[s->n_owned++] = p;
		return 0;
	}
	free(p);
	return eu_error_oom(s->err);
}

static int choose_symbols(struct strip *s, Elf64_Sym **ret)
{
	eu_auto_free bool *used = NULL;
	const char *name;
	Elf64_Sym *out;
	Elf_Data *in;
	Elf_Scn *scn;
	GElf_Shdr sh;
	size_t n;
	int r;

	if (!s->symtab)
		return failed(s);
	r = section(s, s->symtab, &scn, &sh, &name);
	if (r)
		return r;
	n = sh.sh_size / sizeof(Elf64_Sym);
	in = elf_getdata(scn, NULL);
	used = calloc(n + 1, sizeof(*used));
	s->symbol_map = calloc(n + 1, sizeof(*s->symbol_map));
	out = calloc(n + 1, sizeof(*out));
	r = own(s, out);
	if (r || !used || !s->symbol_map)
		return eu_error_oom(s->err);
	if (!in)
		return failed(s);
	r = mark_used(s, used, n);
	if (!r)
		r = copy_symbols(s, in, sh.sh_link, used, n, out);
	*ret = out;
	return r;
}

/* The pointers of the section of anchors as a struct's members, in place. */
static void anchors_to_struct(struct btf *btf, uint32_t id)
{
	struct btf_type *t = (struct btf_type *)btf__type_by_id(btf, id);
	struct btf_var_secinfo info;
	const struct btf_type *var;
	struct btf_member *m;
	uint32_t n = btf_vlen(t);

	/* Same sizes: a member is three numbers, and so was what it replaces. */
	for (uint32_t i = 0; i < n; i++) {
		info = btf_var_secinfos(t)[i];
		var = btf__type_by_id(btf, info.type);
		m = (struct btf_member *)(t + 1) + i;
		m->name_off = var ? var->name_off : 0;
		m->type = var ? var->type : 0;
		m->offset = i * 64;
	}
	/* ".eu_types" without its dot. */
	t->name_off++;
	t->info = BTF_KIND_STRUCT << 24 | n;
	t->size = n * 8;
}

/* Of another byte order than ours .BTF.ext cannot be read here. */
static bool is_native(const Elf_Data *btf)
{
	uint16_t magic;

	memcpy(&magic, btf->d_buf, sizeof(magic));
	return magic == BTF_MAGIC;
}

/* Both sections of BTF as they are shipped. */
static int rewrite_btf(struct strip *s, const Elf_Data *d, const Elf_Data *ext)
{
	struct btf *btf = btf__new(d->d_buf, d->d_size);
	const void *raw = NULL;
	uint32_t size = 0;
	int id, r;

	if (!btf)
		return eu_error_set(s->err, -errno,
				    "the compiler's BTF is damaged");
	id = btf__find_by_name_kind(btf, ".eu_types", BTF_KIND_DATASEC);
	if (id > 0)
		anchors_to_struct(btf, id);
	r = eu_settle(btf, s->err);
	if (!r && ext && is_native(d))
		r = eu_prune(btf, ext->d_buf, ext->d_size, &s->btf, &s->ext,
			     s->err);
	if (!r && !s->btf.len) {
		raw = btf__raw_data(btf, &size);
		eu_buf_put(&s->btf, raw, raw ? size : 0);
		if (!raw || s->btf.error)
			r = eu_error_oom(s->err);
	}
	btf__free(btf);
	return r;
}

/* Looks for the two; the last of a name counts, as for libbpf. */
static int read_btf(struct strip *s)
{
	Elf_Data *btf = NULL, *ext = NULL;
	const char *name;
	Elf_Scn *scn;
	GElf_Shdr sh;
	int r = 0;

	for (size_t i = 1; i < s->n_sections && !r; i++) {
		r = section(s, i, &scn, &sh, &name);
		if (r || !s->section_map[i])
			continue;
		if (!strcmp(name, ".BTF"))
			btf = elf_rawdata(scn, NULL);
		else if (!strcmp(name, ".BTF.ext"))
			ext = elf_rawdata(scn, NULL);
	}
	return r || !btf ? r : rewrite_btf(s, btf, ext);
}

static int rewrite_rel(struct strip *s, const Elf_Data *d, void **ret)
{
	size_t n = d->d_size / sizeof(Elf64_Rel);
	Elf64_Rel *out = calloc(n + 1, sizeof(*out));
	GElf_Rel rel;
	int r = own(s, out);

	for (size_t i = 0; i < n && !r; i++) {
		if (!gelf_getrel((Elf_Data *)d, i, &rel))
			return failed(s);
		out[i].r_offset = rel.r_offset;
		out[i].r_info = GELF_R_INFO(s->symbol_map[GELF_R_SYM(rel.r_info)],
					    GELF_R_TYPE(rel.r_info));
	}
	*ret = out;
	return r;
}

/* A new section with these bytes. */
static int add_section(struct strip *s, const char *name, GElf_Shdr *sh,
		       Elf_Type type, void *data, size_t len)
{
	Elf_Scn *scn = elf_newscn(s->to);
	Elf_Data *d = scn ? elf_newdata(scn) : NULL;
	GElf_Shdr dummy;

	if (!d || !gelf_getshdr(scn, &dummy))
		return failed(s);
	d->d_buf = data;
	d->d_size = len;
	d->d_type = type;
	d->d_align = sh->sh_addralign ?: 1;
	d->d_version = EV_CURRENT;
	sh->sh_name = add_string(s, name);
	sh->sh_offset = 0;
	return gelf_update_shdr(scn, sh) ? 0 : failed(s);
}

static int copy_section(struct strip *s, size_t i, size_t symtab)
{
	const char *name;
	Elf_Data *d;
	Elf_Scn *scn;
	GElf_Shdr sh;
	void *data = NULL;
	int r;

	r = section(s, i, &scn, &sh, &name);
	if (r)
		return r;
	if (sh.sh_type == SHT_REL) {
		d = elf_getdata(scn, NULL);
		r = d ? rewrite_rel(s, d, &data) : failed(s);
		sh.sh_link = symtab;
		sh.sh_info = sh.sh_info < s->n_sections ?
				     s->section_map[sh.sh_info] :
				     0;
		return r ? r :
			   add_section(s, name, &sh, ELF_T_REL, data, sh.sh_size);
	}
	/* As they are: BTF has its own byte order. */
	d = elf_rawdata(scn, NULL);
	if (!d)
		return failed(s);
	data = d->d_buf;
	if (!strcmp(name, ".BTF")) {
		data = s->btf.data;
		sh.sh_size = s->btf.len;
	} else if (!strcmp(name, ".BTF.ext") && s->ext.len) {
		data = s->ext.data;
		sh.sh_size = s->ext.len;
	}
	return add_section(s, name, &sh, ELF_T_BYTE, data, sh.sh_size);
}

static int write_tables(struct strip *s, Elf64_Sym *symbols, size_t strtab)
{
	GElf_Shdr sh = {
		.sh_type = SHT_SYMTAB,
		.sh_link = strtab,
		.sh_info = s->locals,
		.sh_addralign = 8,
		.sh_entsize = sizeof(Elf64_Sym),
		.sh_size = s->n_symbols * sizeof(Elf64_Sym),
	};
	int r;

	r = add_section(s, ".symtab", &sh, ELF_T_SYM, symbols, sh.sh_size);
	if (r)
		return r;
	/* Its own name is the last string to come. */
	sh = (GElf_Shdr){
		.sh_type = SHT_STRTAB,
		.sh_addralign = 1,
		.sh_size = s->strings.len + sizeof(".strtab"),
	};
	eu_buf_grow(&s->strings, sizeof(".strtab"));
	r = add_section(s, ".strtab", &sh, ELF_T_BYTE, s->strings.data,
			sh.sh_size);
	return r ? r : s->strings.error ? eu_error_oom(s->err) : 0;
}

static int write_header(struct strip *s, size_t strtab)
{
	GElf_Ehdr old, new;

	if (!gelf_getehdr(s->from, &old))
		return failed(s);
	if (old.e_machine != EM_BPF || gelf_getclass(s->from) != ELFCLASS64)
		return eu_error_set(s->err, -EINVAL, "this is no BPF object");
	if (!gelf_newehdr(s->to, ELFCLASS64) || !gelf_getehdr(s->to, &new))
		return failed(s);
	new.e_ident[EI_DATA] = old.e_ident[EI_DATA];
	new.e_type = old.e_type;
	new.e_machine = old.e_machine;
	new.e_flags = old.e_flags;
	new.e_version = EV_CURRENT;
	new.e_shstrndx = strtab;
	return gelf_update_ehdr(s->to, &new) ? 0 : failed(s);
}

static int rewrite(struct strip *s)
{
	Elf64_Sym *symbols = NULL;
	size_t kept = 0;
	int r;

	r = choose_sections(s);
	if (r)
		return r;
	for (size_t i = 1; i < s->n_sections; i++)
		kept += s->section_map[i] != DROPPED;
	eu_buf_putc(&s->strings, '\0');
	r = write_header(s, kept + 2);
	if (!r)
		r = choose_symbols(s, &symbols);
	if (!r)
		r = read_btf(s);
	for (size_t i = 1; i < s->n_sections && !r; i++)
		if (s->section_map[i])
			r = copy_section(s, i, kept + 1);
	if (!r)
		r = write_tables(s, symbols, kept + 2);
	if (!r && elf_update(s->to, ELF_C_WRITE) < 0)
		r = failed(s);
	return r;
}

int eu_strip(const void *elf, size_t len, void **ret_data, size_t *ret_len,
	     struct eu_error *err)
{
	struct strip s = { .strings = EU_BUF(MAX_STRINGS),
			   .btf = EU_BUF(MAX_BTF),
			   .ext = EU_BUF(MAX_BTF),
			   .err = err };
	eu_auto_close int fd = eu_memfd("object", NULL, 0);
	char *data = NULL;
	int r = -ENOMEM;

	if (fd < 0)
		return eu_error_set(err, fd, "cannot make a memory file: %s",
				    strerror(-fd));
	elf_version(EV_CURRENT);
	s.from = elf_memory((char *)elf, len);
	s.to = elf_begin(fd, ELF_C_WRITE, NULL);
	if (!s.from || !s.to || elf_kind(s.from) != ELF_K_ELF)
		r = eu_error_set(err, -EINVAL, "the compiler left no object");
	else
		r = rewrite(&s);
	elf_end(s.to);
	elf_end(s.from);
	for (size_t i = 0; i < s.n_owned; i++)
		free(s.owned[i]);
	free(s.owned);
	free(s.section_map);
	free(s.symbol_map);
	eu_buf_done(&s.strings);
	eu_buf_done(&s.btf);
	eu_buf_done(&s.ext);
	if (!r)
		r = eu_memfd_read(fd, "stripped object", &data, ret_len, err);
	if (!r)
		*ret_data = data;
	return r;
}
