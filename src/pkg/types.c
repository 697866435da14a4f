/* SPDX-License-Identifier: MIT */
#include "pkg/types.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

enum {
	MAX_DEPTH = 16,
	MAX_LOOKED_AT = 100000,
	MAX_END = 16 << 20, /* of a member that the metadata adds */
};

/*
 * Is @inner a member, perhaps in an array or further down, of @outer? Types
 * in types multiply, so each one looked at is taken from @budget; without any
 * left the answer is no.
 */
static bool contains(const struct btf *btf, uint32_t outer, uint32_t inner,
		     int depth, size_t *budget)
{
	const struct btf_type *t;

	if (!*budget || depth > MAX_DEPTH)
		return false;
	--*budget;
	t = eu_btf_resolve(btf, outer, &outer);
	if (!t)
		return false;
	if (depth && outer == inner)
		return true;
	if (btf_is_array(t))
		return contains(btf, btf_array(t)->type, inner, depth + 1,
				budget);
	if (!btf_is_composite(t))
		return false;
	for (uint32_t i = 0; i < btf_vlen(t); i++)
		if (contains(btf, btf_members(t)[i].type, inner, depth + 1,
			     budget))
			return true;
	return false;
}

static bool is_inner(const struct eu_package *pkg, const struct eu_export *e,
		     size_t *budget)
{
	uint32_t id = e->type_id;

	if (!eu_btf_resolve(pkg->btf, id, &id))
		return true;
	for (size_t i = 0; i < pkg->n_exports; i++)
		if (&pkg->exports[i] != e && pkg->exports[i].type_id &&
		    contains(pkg->btf, pkg->exports[i].type_id, id, 0, budget))
			return true;
	return false;
}

static int by_offset(const void *a, const void *b)
{
	const struct eu_member *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Sorts them; the end of the last one. */
static int place_members(const struct eu_package *pkg, struct eu_map *map,
			 uint32_t *ret_size, struct eu_error *err)
{
	int64_t end = 0, size;

	qsort(map->members, map->n_members, sizeof(*map->members), by_offset);
	for (size_t i = 0; i < map->n_members; i++) {
		const struct eu_member *m = &map->members[i];

		size = btf__resolve_size(pkg->btf, m->type_id);
		if (size <= 0 || m->offset + size > MAX_END)
			return eu_error_set(
				err, -EINVAL,
				"map '%s': custom member '%s' has a type without values, or ends beyond 16 MiB",
				map->name, m->name);
		if (m->offset < end)
			return eu_error_set(
				err, -EINVAL,
				"map '%s': custom member '%s' begins before '%s' ends",
				map->name, m->name, m[-1].name);
		end = m->offset + size;
	}
	*ret_size = end;
	return 0;
}

int eu_types_of_members(const struct eu_package *pkg, struct eu_map *map,
			uint32_t *ret_id, struct eu_error *err)
{
	uint32_t size = 0;
	int id, r = place_members(pkg, map, &size, err);

	if (r)
		return r;
	id = btf__add_struct(pkg->btf, NULL, size);
	for (size_t i = 0; i < map->n_members && id > 0 && !r; i++)
		r = btf__add_field(pkg->btf, map->members[i].name,
				   map->members[i].type_id,
				   map->members[i].offset * 8, 0);
	if (id < 0 || r)
		return eu_error_set(err, id < 0 ? id : r,
				    "map '%s': cannot make a type of its members",
				    map->name);
	*ret_id = id;
	return 0;
}

int eu_types_fit(const struct eu_package *pkg, const struct eu_map *map,
		 uint32_t type_id, struct eu_error *err)
{
	int64_t size = btf__resolve_size(pkg->btf, type_id);

	if (map->type == BPF_MAP_TYPE_RINGBUF ||
	    map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY || !map->value_size ||
	    size <= (int64_t)map->value_size)
		return 0;
	return eu_error_set(
		err, -EINVAL,
		"map '%s': type '%s' has %lld bytes, but the map's values have %u",
		map->name, eu_btf_name(pkg->btf, type_id), (long long)size,
		map->value_size);
}

/* An exported type that may be the one of @map. */
static bool may_be(const struct eu_package *pkg, const struct eu_map *map,
		   const struct eu_export *e)
{
	return e->type_id && !eu_types_fit(pkg, map, e->type_id, NULL);
}

uint32_t eu_types_of_map(const struct eu_package *pkg, const struct eu_map *map)
{
	size_t budget = MAX_LOOKED_AT;

	if (map->export_type_id)
		return map->export_type_id;
	if (map->value_type_id)
		return map->value_type_id;
	if (!pkg->btf)
		return 0;
	for (size_t i = 0; i < pkg->n_exports; i++)
		if (pkg->exports[i].marked && may_be(pkg, map, &pkg->exports[i]))
			return pkg->exports[i].type_id;
	for (size_t i = 0; i < pkg->n_exports; i++)
		if (may_be(pkg, map, &pkg->exports[i]) &&
		    !is_inner(pkg, &pkg->exports[i], &budget))
			return pkg->exports[i].type_id;
	return 0;
}

/* Other versions may know other formats; what is not known is no error. */
static void annotate(const struct eu_package *pkg, struct eu_layout *l,
		     const struct eu_export *e)
{
	const json_t *list = json_object_get(e->meta, "members");
	const char *format;
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		const char *name = eu_json_str(item, "name");
		const char *length = eu_json_str(item, "length");

		format = eu_json_str(item, "format");
		if (name && (format || length))
			eu_layout_annotate(l, pkg->btf, e->type_id, name,
					   eu_format_find(format ?: ""), length);
	}
}

int eu_types_layout(const struct eu_package *pkg, uint32_t type_id,
		    struct eu_layout **ret, struct eu_error *err)
{
	int r = eu_layout_new(pkg->btf, type_id, ret, err);

	for (size_t i = 0; i < pkg->n_exports && !r; i++)
		if (pkg->exports[i].type_id)
			annotate(pkg, *ret, &pkg->exports[i]);
	return r;
}

/* Structs that could have been meant: what is near, else a handful. */
static void list_types(const struct btf *btf, const char *wanted,
		       struct eu_error *err)
{
	struct eu_nearest near = { .wanted = wanted };
	uint32_t n = btf__type_cnt(btf), listed = 0;
	const struct btf_type *t;
	const char *name;

	for (uint32_t id = 1; id < n; id++) {
		t = btf__type_by_id(btf, id);
		name = btf__name_by_offset(btf, t->name_off);
		if (btf_is_struct(t) && name)
			eu_nearest_try(&near, name, strlen(name));
	}
	eu_nearest_append(&near, -ENOENT, err);
	if (near.n)
		return;
	for (uint32_t id = 1; id < n && listed < 8; id++) {
		t = btf__type_by_id(btf, id);
		name = btf__name_by_offset(btf, t->name_off);
		if (!btf_is_struct(t) || !name || !*name ||
		    strchr(name, '_') == name)
			continue;
		eu_error_append(err, -ENOENT, "%s%s",
				listed++ ? ", " : "; its structs: ", name);
	}
}

int eu_types_by_name(const struct eu_package *pkg, const char *name,
		     uint32_t *ret_id, struct eu_error *err)
{
	static const struct {
		const char *prefix;
		uint32_t kind;
	} kinds[] = {
		{ "struct ", BTF_KIND_STRUCT }, { "union ", BTF_KIND_UNION },
		{ "", BTF_KIND_STRUCT },	{ "", BTF_KIND_TYPEDEF },
		{ "", BTF_KIND_UNION },		{ "", BTF_KIND_INT },
		{ "enum ", BTF_KIND_ENUM },
	};
	int id = -1;

	if (!pkg->btf)
		return eu_error_set(
			err, -EINVAL,
			"type '%s': the object has no BTF; compile it with -g",
			name);
	for (size_t i = 0; i < EU_COUNT(kinds) && id <= 0; i++) {
		size_t n = strlen(kinds[i].prefix);

		/* Types without a name are not meant. */
		if (!strncmp(name, kinds[i].prefix, n) && name[n])
			id = btf__find_by_name_kind(pkg->btf, name + n,
						    kinds[i].kind);
	}
	if (id <= 0) {
		eu_error_set(err, -ENOENT,
			     "type '%s' is not in the object's BTF", name);
		list_types(pkg->btf, name, err);
		return eu_error_append(
			err, -ENOENT,
			"; what only casts and sizes name is not: put '/// @export' above the struct, and build again");
	}
	*ret_id = id;
	return 0;
}
