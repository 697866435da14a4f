/* SPDX-License-Identifier: MIT */
#include "pkg/object.h"

#include <errno.h>
#include <string.h>

#include "btf/layout.h"
#include "pkg/ctype.h"

/* How the original's compiler writes the type of a member. */
static char *member_type(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	for (int i = 0; t && btf_is_mod(t) && i < 16; i++)
		t = btf__type_by_id(btf, t->type);
	if (t && btf_is_composite(t))
		return strdup("composite");
	if (t && btf_is_any_enum(t))
		return strdup("enum");
	return eu_ctype_string(btf, id);
}

json_t *eu_package_members(const struct btf *btf, uint32_t type_id)
{
	const struct btf_type *t = eu_btf_resolve(btf, type_id, NULL);
	json_t *list = json_array();
	const struct btf_member *m;
	const char *name;
	json_t *item;
	char *type;

	if (!t || !btf_is_composite(t))
		return list;
	m = btf_members(t);
	for (uint32_t i = 0; list && i < btf_vlen(t); i++) {
		name = btf__name_by_offset(btf, m[i].name_off) ?: "";
		type = member_type(btf, m[i].type);
		item = type ? json_pack("{s:s, s:s}", "name",
					*name ? name : "(anon)", "type", type) :
			      NULL;
		free(type);
		if (json_array_append_new(list, item)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static bool have(const struct eu_package *pkg, uint32_t type_id)
{
	for (size_t i = 0; i < pkg->n_exports; i++)
		if (pkg->exports[i].type_id == type_id)
			return true;
	return false;
}

static int add(struct eu_package *pkg, const char *name, uint32_t id,
	       uint32_t size, struct eu_error *err)
{
	struct eu_export *e;
	int r;

	r = eu_package_grow(pkg->exports, pkg->n_exports,
			    EU_PACKAGE_MAX_EXPORTS, "exported types", &e, err);
	if (r)
		return r;
	e->name = strdup(name);
	e->type_id = id;
	e->size = size;
	return e->name ? 0 : eu_error_oom(err);
}

/* The struct that a variable of pointer type anchors, or NULL. */
static const struct btf_type *anchored(const struct btf *btf,
				       const struct btf_type *var,
				       const char **ret_name, uint32_t *ret_id)
{
	const struct btf_type *t = eu_btf_resolve(btf, var->type, NULL);

	if (!t || !btf_is_ptr(t))
		return NULL;
	*ret_name = eu_btf_name(btf, t->type);
	t = eu_btf_resolve(btf, t->type, ret_id);
	if (!t || !btf_is_composite(t) || !t->size)
		return NULL;
	if (t->name_off)
		*ret_name = btf__name_by_offset(btf, t->name_off) ?: "";
	return **ret_name ? t : NULL;
}

int eu_object_exports(struct eu_package *pkg, struct eu_error *err)
{
	uint32_t n = btf__type_cnt(pkg->btf), id = 0;
	const struct btf_type *t;
	const char *name = NULL;
	int r;

	for (uint32_t i = 1; i < n; i++) {
		t = btf__type_by_id(pkg->btf, i);
		if (!t || !btf_is_var(t) ||
		    btf_var(t)->linkage == BTF_VAR_GLOBAL_EXTERN)
			continue;
		t = anchored(pkg->btf, t, &name, &id);
		if (!t || have(pkg, id))
			continue;
		r = add(pkg, name, id, t->size, err);
		if (r)
			return r;
	}
	return 0;
}
