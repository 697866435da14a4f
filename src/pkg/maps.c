/* SPDX-License-Identifier: MIT */
#include "pkg/object.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "btf/layout.h"

/* A member of a map's definition and where its number goes. */
struct map_field {
	const char *name;
	size_t at;
};

static const struct map_field numbers[] = {
	{ "type", offsetof(struct eu_map, type) },
	{ "key_size", offsetof(struct eu_map, key_size) },
	{ "value_size", offsetof(struct eu_map, value_size) },
	{ "max_entries", offsetof(struct eu_map, max_entries) },
	{ "map_flags", offsetof(struct eu_map, flags) },
};

static int add_map(struct eu_package *pkg, const char *name,
		   struct eu_map **ret, struct eu_error *err)
{
	struct eu_map *m;
	int r;

	r = eu_package_grow(pkg->maps, pkg->n_maps, EU_PACKAGE_MAX_ITEMS,
			    "maps", &m, err);
	if (r)
		return r;
	m->name = strdup(name);
	m->ident = strdup(name[0] == '.' ? name + 1 : name);
	if (!m->name || !m->ident)
		return eu_error_oom(err);
	for (char *c = m->ident; *c; c++)
		if (*c == '.')
			*c = '_';
	*ret = m;
	return 0;
}

/* __uint(name, N) is "int (*name)[N]". */
static uint32_t uint_member(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = eu_btf_resolve(btf, id, NULL);

	if (t && btf_is_ptr(t))
		t = eu_btf_resolve(btf, t->type, NULL);
	return t && btf_is_array(t) ? btf_array(t)->nelems : 0;
}

/* __type(key, T) is "T *key". */
static void type_member(const struct btf *btf, uint32_t id, uint32_t *ret_id,
			uint32_t *ret_size)
{
	const struct btf_type *t = eu_btf_resolve(btf, id, NULL);
	int64_t size;

	if (!t || !btf_is_ptr(t))
		return;
	size = btf__resolve_size(btf, t->type);
	if (size > 0 && size <= UINT32_MAX) {
		*ret_id = t->type;
		*ret_size = size;
	}
}

static void read_definition(const struct btf *btf, const struct btf_type *t,
			    struct eu_map *map, bool outer);

/* __array(values, struct inner) is "struct inner *values[]". */
static void inner_member(const struct btf *btf, uint32_t id, struct eu_map *map)
{
	const struct btf_type *t = eu_btf_resolve(btf, id, NULL);

	if (map->inner || !t || !btf_is_array(t))
		return;
	t = eu_btf_resolve(btf, btf_array(t)->type, NULL);
	if (t && btf_is_ptr(t))
		t = eu_btf_resolve(btf, t->type, NULL);
	if (!t || !btf_is_struct(t))
		return;
	map->inner = calloc(1, sizeof(*map->inner));
	if (map->inner)
		read_definition(btf, t, map->inner, false);
}

static void read_definition(const struct btf *btf, const struct btf_type *t,
			    struct eu_map *map, bool outer)
{
	const struct btf_member *m = btf_members(t);
	const char *name;

	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		name = btf__name_by_offset(btf, m[i].name_off) ?: "";
		for (size_t k = 0; k < EU_COUNT(numbers); k++)
			if (!strcmp(name, numbers[k].name))
				*(uint32_t *)((char *)map + numbers[k].at) =
					uint_member(btf, m[i].type);
		if (!strcmp(name, "key"))
			type_member(btf, m[i].type, &map->key_type_id,
				    &map->key_size);
		else if (!strcmp(name, "value"))
			type_member(btf, m[i].type, &map->value_type_id,
				    &map->value_size);
		else if (!strcmp(name, "values") && outer)
			inner_member(btf, m[i].type, map);
	}
	/* As libbpf does: a perf event array's may be left out. */
	if (map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY) {
		map->key_size = sizeof(int);
		map->value_size = sizeof(int);
	}
}

static int btf_maps(struct eu_package *pkg, struct eu_error *err)
{
	const struct btf_type *sec = eu_object_datasec(pkg->btf, ".maps");
	const struct btf_var_secinfo *v = sec ? btf_var_secinfos(sec) : NULL;
	const struct btf_type *var, *def;
	struct eu_map *map;
	const char *name;
	int r;

	for (uint32_t i = 0; sec && i < btf_vlen(sec); i++) {
		var = btf__type_by_id(pkg->btf, v[i].type);
		if (!var || !btf_is_var(var))
			continue;
		name = btf__name_by_offset(pkg->btf, var->name_off) ?: "";
		def = eu_btf_resolve(pkg->btf, var->type, NULL);
		if (!*name || !def || !btf_is_struct(def))
			return eu_error_set(err, -EINVAL,
					    "map '%s' is not defined by a struct",
					    name);
		r = add_map(pkg, name, &map, err);
		if (r)
			return r;
		read_definition(pkg->btf, def, map, true);
	}
	return 0;
}

/* Each variable of a struct_ops section is a map of that type. */
static int struct_ops(struct eu_package *pkg, const char *section,
		      struct eu_error *err)
{
	const struct btf_type *sec = eu_object_datasec(pkg->btf, section);
	const struct btf_type *var;
	struct eu_map *map;
	const char *name;
	int r;

	for (uint32_t i = 0; sec && i < btf_vlen(sec); i++) {
		var = btf__type_by_id(pkg->btf, btf_var_secinfos(sec)[i].type);
		if (!var || !btf_is_var(var))
			continue;
		name = btf__name_by_offset(pkg->btf, var->name_off) ?: "";
		r = add_map(pkg, name, &map, err);
		if (r)
			return r;
		map->type = BPF_MAP_TYPE_STRUCT_OPS;
	}
	return 0;
}

/* Before BTF: each symbol of section "maps" is a struct of five numbers. */
static int legacy_maps(struct eu_package *pkg, const struct eu_image *img,
		       struct eu_error *err)
{
	const struct eu_image_section *s = eu_image_section(img, "maps");
	const struct eu_image_symbol *sym;
	uint32_t def[EU_COUNT(numbers)];
	struct eu_map *map;
	int r;

	if (!s || !s->data)
		return 0;
	for (size_t i = 0; i < img->n_symbols; i++) {
		sym = &img->symbols[i];
		if (sym->section != s - img->sections || !*sym->name ||
		    sym->type == STT_SECTION)
			continue;
		if (sym->value > s->size || s->size - sym->value < sizeof(def))
			return eu_error_set(err, -EINVAL,
					    "map '%s' lies outside of its section",
					    sym->name);
		r = add_map(pkg, sym->name, &map, err);
		if (r)
			return r;
		memcpy(def, (const char *)s->data + sym->value, sizeof(def));
		for (size_t k = 0; k < EU_COUNT(numbers); k++)
			*(uint32_t *)((char *)map + numbers[k].at) =
				img->big_endian == (__BYTE_ORDER__ ==
						    __ORDER_BIG_ENDIAN__) ?
					def[k] :
					__builtin_bswap32(def[k]);
	}
	return 0;
}

/* What libbpf makes for a section of global variables. */
static int internal_map(struct eu_package *pkg, const char *section,
			size_t size, struct eu_error *err)
{
	struct eu_map *map;
	int r = add_map(pkg, section, &map, err);

	if (r)
		return r;
	map->type = BPF_MAP_TYPE_ARRAY;
	map->key_size = sizeof(int);
	map->value_size = size;
	map->max_entries = 1;
	map->internal = true;
	for (size_t i = 0; i < pkg->n_vars && pkg->btf; i++)
		if (!strcmp(pkg->vars[i].section, section))
			map->mmaped = true;
	return 0;
}

int eu_object_maps(struct eu_package *pkg, const struct eu_image *img,
		   struct eu_error *err)
{
	const struct eu_image_section *s;
	int r;

	r = legacy_maps(pkg, img, err);
	if (!r && pkg->btf)
		r = btf_maps(pkg, err);
	for (size_t i = 1; i < img->n_sections && !r; i++) {
		s = &img->sections[i];
		if (eu_object_is_data(s->name) && s->size)
			r = internal_map(pkg, s->name, s->size, err);
	}
	if (!r && pkg->btf && eu_object_datasec(pkg->btf, ".kconfig"))
		r = internal_map(pkg, ".kconfig", 0, err);
	for (size_t i = 1; i < img->n_sections && pkg->btf && !r; i++) {
		const char *name = img->sections[i].name;

		if (!strncmp(name + (*name == '?'), ".struct_ops", 11))
			r = struct_ops(pkg, name, err);
	}
	return r;
}
