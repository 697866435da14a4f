/* SPDX-License-Identifier: MIT */
#include "pkg/object.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "btf/layout.h"
#include "pkg/ctype.h"

static const char dummy[] = "__eunomia_dummy";

bool eu_object_is_data(const char *section)
{
	static const char *const names[] = { ".data", ".rodata", ".bss" };
	size_t n;

	for (size_t i = 0; i < EU_COUNT(names); i++) {
		n = strlen(names[i]);
		if (!strncmp(section, names[i], n) &&
		    (!section[n] || section[n] == '.'))
			return true;
	}
	return false;
}

const struct btf_type *eu_object_datasec(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_DATASEC);

	return id > 0 ? btf__type_by_id(btf, id) : NULL;
}

/* "dir/boot-strap.bpf.o" is called "boot_strap_bpf". */
static char *name_of(const char *origin)
{
	const char *base = eu_path_name(origin);
	const char *dot = strrchr(base, '.');
	char *name = strndup(base, dot && dot > base ? (size_t)(dot - base) :
						       strlen(base));

	for (char *c = name; c && *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return name;
}

static int add_var(struct eu_package *pkg, const char *section,
		   const char *name, struct eu_var **ret, struct eu_error *err)
{
	struct eu_var *v;
	int r;

	r = eu_package_grow(pkg->vars, pkg->n_vars, EU_PACKAGE_MAX_ITEMS,
			    "global variables", &v, err);
	if (r)
		return r;
	v->section = strdup(section);
	v->name = strdup(name);
	if (!v->section || !v->name)
		return eu_error_oom(err);
	*ret = v;
	return 0;
}

/*
 * clang leaves the offsets in a DATASEC to the linker; the symbol has them.
 */
static uint32_t offset_of(const struct eu_image *img,
			  const struct eu_image_section *s, const char *name,
			  uint32_t offset)
{
	const struct eu_image_symbol *sym = eu_image_global(img, name);

	if (sym && &img->sections[sym->section] == s)
		return eu_min(sym->value, (uint64_t)UINT32_MAX);
	return offset;
}

static int one_var(struct eu_package *pkg, const struct eu_image *img,
		   const struct eu_image_section *s, const char *section,
		   const struct btf_var_secinfo *info, struct eu_error *err)
{
	const struct btf_type *t = btf__type_by_id(pkg->btf, info->type);
	const char *name;
	struct eu_var *v;
	int64_t size;
	int r;

	if (!t || !btf_is_var(t))
		return eu_error_set(err, -EINVAL,
				    "BTF of section '%s' is damaged", section);
	name = btf__name_by_offset(pkg->btf, t->name_off) ?: "";
	if (btf_var(t)->linkage == BTF_VAR_STATIC ||
	    !strncmp(name, dummy, strlen(dummy)))
		return 0;
	r = add_var(pkg, section, name, &v, err);
	if (r)
		return r;
	size = btf__resolve_size(pkg->btf, t->type);
	v->type_id = t->type;
	v->size = size < 0 ? 0 : eu_min(size, (int64_t)UINT32_MAX);
	v->type = eu_ctype_string(pkg->btf, t->type);
	if (!v->type)
		return eu_error_oom(err);
	if (!s)
		return 0;
	v->offset = offset_of(img, s, name, info->offset);
	if (v->offset > s->size || v->size > s->size - v->offset)
		return eu_error_set(err, -EINVAL,
				    "variable '%s' lies outside of section '%s'",
				    name, section);
	return 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct eu_var *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static int section_vars(struct eu_package *pkg, const struct eu_image *img,
			const struct eu_image_section *s, const char *section,
			struct eu_error *err)
{
	const struct btf_type *sec = eu_object_datasec(pkg->btf, section);
	size_t first = pkg->n_vars;
	int r = 0;

	for (uint32_t i = 0; sec && i < btf_vlen(sec) && !r; i++)
		r = one_var(pkg, img, s, section, btf_var_secinfos(sec) + i, err);
	if (!r && pkg->n_vars > first)
		qsort(pkg->vars + first, pkg->n_vars - first,
		      sizeof(*pkg->vars), by_offset);
	return r;
}

/* Without BTF: name, place and size are known, the type is not. */
static int symbol_vars(struct eu_package *pkg, const struct eu_image *img,
		       const struct eu_image_section *s, struct eu_error *err)
{
	const struct eu_image_symbol *sym;
	size_t first = pkg->n_vars;
	struct eu_var *v;
	int r;

	for (size_t i = 0; i < img->n_symbols; i++) {
		sym = &img->symbols[i];
		if (sym->section != s - img->sections ||
		    sym->type != STT_OBJECT || sym->bind == STB_LOCAL)
			continue;
		if (sym->value > s->size || sym->size > s->size - sym->value)
			return eu_error_set(
				err, -EINVAL,
				"variable '%s' lies outside of section '%s'",
				sym->name, s->name);
		r = add_var(pkg, s->name, sym->name, &v, err);
		if (r)
			return r;
		v->offset = sym->value;
		v->size = sym->size;
	}
	if (pkg->n_vars > first)
		qsort(pkg->vars + first, pkg->n_vars - first,
		      sizeof(*pkg->vars), by_offset);
	return 0;
}

static int read_vars(struct eu_package *pkg, const struct eu_image *img,
		     struct eu_error *err)
{
	const struct eu_image_section *s;
	int r = 0;

	for (size_t i = 1; i < img->n_sections && !r; i++) {
		s = &img->sections[i];
		if (!eu_object_is_data(s->name))
			continue;
		r = pkg->btf ? section_vars(pkg, img, s, s->name, err) :
			       symbol_vars(pkg, img, s, err);
	}
	if (!r && pkg->btf)
		r = section_vars(pkg, img, NULL, ".kconfig", err);
	return r;
}

static int by_place(const void *a, const void *b)
{
	const struct eu_image_symbol *const *x = a, *const *y = b;

	if ((*x)->section != (*y)->section)
		return (*x)->section < (*y)->section ? -1 : 1;
	return ((*x)->value > (*y)->value) - ((*x)->value < (*y)->value);
}

static bool is_function(const struct eu_image *img,
			const struct eu_image_symbol *sym)
{
	return sym->type == STT_FUNC && sym->bind != STB_LOCAL &&
	       sym->section < img->n_sections &&
	       img->sections[sym->section].flags & SHF_EXECINSTR;
}

static int add_prog(struct eu_package *pkg, const char *section,
		    const char *name, struct eu_error *err)
{
	struct eu_prog *p;
	int r;

	r = eu_package_grow(pkg->progs, pkg->n_progs, EU_PACKAGE_MAX_ITEMS,
			    "programs", &p, err);
	if (r)
		return r;
	p->optional = *section == '?';
	p->section = strdup(section + p->optional);
	p->name = strdup(name);
	return p->section && p->name ? 0 : eu_error_oom(err);
}

/*
 * Functions of ".text" are called by others, as libbpf sees it, unless one is
 * the only function of all.
 */
static int read_progs(struct eu_package *pkg, const struct eu_image *img,
		      struct eu_error *err)
{
	eu_auto_free const struct eu_image_symbol **funcs = NULL;
	const char *section;
	size_t n = 0;
	int r = 0;

	funcs = calloc(img->n_symbols ?: 1, sizeof(*funcs));
	if (!funcs)
		return eu_error_oom(err);
	for (size_t i = 0; i < img->n_symbols; i++)
		if (is_function(img, &img->symbols[i]))
			funcs[n++] = &img->symbols[i];
	qsort(funcs, n, sizeof(*funcs), by_place);
	for (size_t i = 0; i < n && !r; i++) {
		section = img->sections[funcs[i]->section].name;
		if (n == 1 || strcmp(section, ".text"))
			r = add_prog(pkg, section, funcs[i]->name, err);
	}
	return r;
}

static int read_btf(struct eu_package *pkg, const struct eu_image *img,
		    struct eu_error *err)
{
	const struct eu_image_section *s = eu_image_section(img, ".BTF");

	if (!s || !s->data)
		return 0;
	pkg->btf = btf__new(s->data, s->size);
	if (!pkg->btf && errno == ENOMEM)
		return eu_error_oom(err);
	if (!pkg->btf)
		return eu_error_set(err, -EINVAL, "its BTF is damaged: %s",
				    strerror(errno));
	/* BPF's; libbpf's guess may be the machine's. */
	btf__set_pointer_size(pkg->btf, 8);
	return 0;
}

static int read_object(struct eu_package *pkg, struct eu_error *err)
{
	eu_auto_image struct eu_image img = { 0 };
	int r;

	r = eu_image_init(&img, pkg->object->data, pkg->object->size, err);
	if (r)
		return r;
	r = read_btf(pkg, &img, err);
	if (!r)
		r = read_vars(pkg, &img, err);
	if (!r)
		r = eu_object_maps(pkg, &img, err);
	if (!r)
		r = read_progs(pkg, &img, err);
	if (!r)
		r = eu_package_index(pkg, err);
	if (!r && pkg->btf)
		r = eu_object_exports(pkg, err);
	return r;
}

int eu_package_from_object(const void *elf, size_t len, const char *origin,
			   const char *name, struct eu_package **ret,
			   struct eu_error *err)
{
	eu_auto_package struct eu_package *pkg = calloc(1, sizeof(*pkg));
	int r;

	if (!pkg)
		return eu_error_oom(err);
	pkg->origin = strdup(origin);
	pkg->name = name ? strdup(name) : name_of(origin);
	if (!pkg->origin || !pkg->name)
		return eu_error_oom(err);
	r = eu_package_add_object(pkg, NULL, elf, len, err);
	if (r)
		return r;
	pkg->object = pkg->objects;
	r = read_object(pkg, err);
	if (r)
		return eu_error_prefix(err, r, "'%s'", origin);
	*ret = eu_take_ptr(pkg);
	return 0;
}
