/* SPDX-License-Identifier: MIT */
#include "pkg/object.h"

#include <errno.h>
#include <string.h>

#include "btf/layout.h"
#include "pkg/types.h"

/*
 * The metadata of a package added to what its object says. Every text of an
 * error names the item; values that only decorate (descriptions) are taken
 * whatever their type is, as old compilers wrote numbers there.
 */

struct apply {
	struct eu_package *pkg;
	const struct btf *ids; /* what type ids refer to; NULL: not known */
	struct eu_error *err;
};

static int wrong(struct apply *a, const char *kind, const char *name,
		 const char *what)
{
	return eu_error_set(a->err, -EINVAL, "%s '%s': %s", kind, name, what);
}

static int unknown(struct apply *a, const char *kind, const char *name)
{
	return eu_error_set(
		a->err, -EINVAL,
		"the metadata names a %s '%s' that the object does not have",
		kind, name);
}

/* Replaces *@to by the text of the value at @key; nothing if there is none. */
static int take_text(struct apply *a, const json_t *obj, const char *key,
		     char **to)
{
	const json_t *j = json_object_get(obj, key);
	char *s;

	if (!j || json_is_null(j))
		return 0;
	s = json_is_string(j) ? strdup(json_string_value(j)) :
				eu_json_write(j, NULL);
	if (!s)
		return eu_error_oom(a->err);
	free(*to);
	*to = s;
	return 0;
}

static void keep(json_t **meta, json_t *item)
{
	json_decref(*meta);
	*meta = json_incref(item);
}

/* The name of a list's item, which must be an object that has one. */
static int name_of(struct apply *a, json_t *item, const char *kind,
		   const char **ret_name)
{
	*ret_name = eu_json_str(item, "name");
	if (!*ret_name)
		return eu_error_set(a->err, -EINVAL,
				    "the metadata has a %s without a name", kind);
	return 0;
}

/* A list, null, or nothing. */
static int check_list(struct apply *a, const json_t *list, const char *key)
{
	if (!list || json_is_null(list) || json_is_array(list))
		return 0;
	return eu_error_set(a->err, -EINVAL, "'%s' must be a list", key);
}

/*
 * A type id of the metadata as one of the object's BTF: the same number if
 * the metadata was made for this object, else what has the same name.
 */
static uint32_t map_id(struct apply *a, uint32_t id)
{
	const struct btf_type *t = a->ids ? btf__type_by_id(a->ids, id) : NULL;
	const char *name;
	int found;

	if (!t || a->ids == a->pkg->btf)
		return t && a->pkg->btf ? id : 0;
	name = btf__name_by_offset(a->ids, t->name_off);
	if (!name || !*name || !a->pkg->btf)
		return 0;
	found = btf__find_by_name_kind(a->pkg->btf, name, btf_kind(t));
	return found > 0 ? found : 0;
}

static int apply_cmdarg(struct apply *a, struct eu_var *v, json_t *arg)
{
	json_t *def = json_object_get(arg, "default");
	int r;

	if (!arg || json_is_null(arg))
		return 0;
	if (!json_is_object(arg))
		return wrong(
			a, "variable", v->name,
			"'cmdarg' must be an object such as {\"long\": \"name\"}");
	r = take_text(a, arg, "long", &v->flag);
	if (!r)
		r = take_text(a, arg, "short", &v->short_flag);
	if (!r)
		r = take_text(a, arg, "help", &v->help);
	if (r)
		return r;
	if (v->short_flag && strlen(v->short_flag) != 1)
		return wrong(a, "variable", v->name,
			     "'short' of 'cmdarg' must be one character");
	if (def && !json_is_null(def))
		keep(&v->def, def);
	return 0;
}

static int apply_var(struct apply *a, const char *section, json_t *item)
{
	const char *name;
	struct eu_var *v;
	json_t *value;
	int r;

	r = name_of(a, item, "variable", &name);
	if (r || !strncmp(name, "__eunomia_dummy", 15))
		return r;
	v = eu_package_var(a->pkg, name);
	if (!v || strcmp(v->section, section))
		return eu_error_set(
			a->err, -EINVAL,
			"the metadata names a variable '%s' in section '%s' that the object does not have",
			name, section);
	keep(&v->meta, item);
	value = json_object_get(item, "value");
	if (value && !json_is_null(value))
		keep(&v->def, value);
	r = take_text(a, item, "description", &v->description);
	return r ? r : apply_cmdarg(a, v, json_object_get(item, "cmdarg"));
}

static int apply_section(struct apply *a, json_t *item)
{
	json_t *vars = json_object_get(item, "variables"), *var;
	const char *name;
	size_t i;
	int r;

	r = name_of(a, item, "data section", &name);
	if (!r)
		r = check_list(a, vars, "variables");
	json_array_foreach (vars, i, var) {
		if (r)
			break;
		r = apply_var(a, name, var);
	}
	return r;
}

/* Values of maps that have one for each processor. */
static int apply_cpus(struct apply *a, struct eu_map *m, const json_t *cpus)
{
	const char *word = json_string_value(cpus);

	if (!cpus || (word && !strcmp(word, "sum")))
		return 0;
	if (!word || strcmp(word, "list"))
		return wrong(a, "map", m->name,
			     "'cpus' of 'sample' must be sum or list");
	m->each_cpu = true;
	return 0;
}

/* Where the slots of a histogram begin. */
static int apply_slots(struct apply *a, struct eu_map *m, const json_t *s)
{
	const json_t *min = json_object_get(s, "min"), *item;
	const json_t *step = json_object_get(s, "step");
	const json_t *buckets = json_object_get(s, "buckets");
	size_t n = json_array_size(buckets), i;

	m->min = json_integer_value(min);
	m->step = step ? json_integer_value(step) : 1;
	if ((min && !json_is_integer(min)) || m->step < 1 ||
	    m->step > INT32_MAX || m->min > INT64_MAX / 2)
		return wrong(
			a, "map", m->name,
			"'min' of 'sample' must be an integer, 'step' one above 0");
	if (m->sample != EU_SAMPLE_BUCKETS)
		return 0;
	m->buckets = calloc(n ?: 1, sizeof(*m->buckets));
	if (!m->buckets)
		return eu_error_oom(a->err);
	json_array_foreach (buckets, i, item) {
		m->buckets[i] = json_integer_value(item);
		if (!json_is_integer(item) ||
		    (i && m->buckets[i] <= m->buckets[i - 1]))
			n = 0;
	}
	m->n_buckets = n;
	if (n)
		return 0;
	return wrong(
		a, "map", m->name,
		"'buckets' of 'sample' must be a list of ascending integers, where each slot begins");
}

/* Which rows of a round are shown, and in which order. */
static int apply_order(struct apply *a, struct eu_map *m, const json_t *s)
{
	const json_t *sort = json_object_get(s, "sort");
	const json_t *top = json_object_get(s, "top");

	if (sort && !json_is_string(sort))
		return wrong(
			a, "map", m->name,
			"'sort' of 'sample' must be names such as \"-times,pid\"");
	if (top && (eu_json_u64(top, &m->top) || !m->top))
		return wrong(a, "map", m->name,
			     "'top' of 'sample' must be a number of rows");
	return take_text(a, s, "sort", &m->sort);
}

static int apply_sample(struct apply *a, struct eu_map *m, const json_t *s)
{
	static const struct {
		const char *name;
		enum eu_sample_kind kind;
	} kinds[] = {
		{ "default_kv", EU_SAMPLE_KV },
		{ "log2_hist", EU_SAMPLE_LOG2 },
		{ "linear_hist", EU_SAMPLE_LINEAR },
		{ "hist", EU_SAMPLE_BUCKETS },
	};
	const json_t *type = json_object_get(s, "type");
	const json_t *interval = json_object_get(s, "interval");
	uint64_t ms = 1000;
	size_t i = 0;
	int r;

	if (!s || json_is_null(s))
		return 0;
	if (!json_is_object(s))
		return wrong(
			a, "map", m->name,
			"'sample' must be an object such as {\"interval\": 1000}");
	if (type)
		for (; i < EU_COUNT(kinds); i++)
			if (json_is_string(type) &&
			    !strcmp(json_string_value(type), kinds[i].name))
				break;
	if (i == EU_COUNT(kinds))
		return wrong(
			a, "map", m->name,
			"'type' of 'sample' must be default_kv, log2_hist, linear_hist or hist");
	if (interval && (eu_json_u64(interval, &ms) || ms > INT32_MAX))
		return wrong(
			a, "map", m->name,
			"'interval' of 'sample' must be milliseconds, or 0: at the end");
	m->sample = kinds[i].kind;
	m->interval_ms = ms;
	m->keep = json_is_false(json_object_get(s, "clear_map"));
	r = apply_cpus(a, m, json_object_get(s, "cpus"));
	if (!r)
		r = apply_slots(a, m, s);
	if (!r)
		r = apply_order(a, m, s);
	return r ? r : take_text(a, s, "unit", &m->unit);
}

static int apply_member(struct apply *a, struct eu_map *m, const json_t *item)
{
	uint64_t offset, id;
	struct eu_member *c;
	const char *name = eu_json_str(item, "name");
	int r;

	if (!name || eu_json_u64(json_object_get(item, "offset"), &offset) ||
	    eu_json_u64(json_object_get(item, "btf_type_id"), &id) ||
	    offset > INT32_MAX || id > UINT32_MAX)
		return wrong(
			a, "map", m->name,
			"each of 'custom_members' must have name, offset and btf_type_id");
	if (!map_id(a, id))
		return wrong(
			a, "map", m->name,
			"a btf_type_id of 'custom_members' is not in the object's BTF");
	r = eu_package_grow(m->members, m->n_members, EU_PACKAGE_MAX_ITEMS,
			    "custom members", &c, a->err);
	if (r)
		return r;
	c->name = strdup(name);
	c->offset = offset;
	c->type_id = map_id(a, id);
	return c->name ? 0 : eu_error_oom(a->err);
}

static int apply_export_config(struct apply *a, struct eu_map *m, const json_t *c)
{
	const json_t *id = json_object_get(c, "btf_type_id"), *item;
	const json_t *members = json_object_get(c, "custom_members");
	const char *word = json_string_value(c);
	uint64_t v;
	size_t i;
	int r;

	if (!c || json_is_null(c) || (word && !strcmp(word, "no_export")))
		return 0;
	m->exported = true;
	if (word && !strcmp(word, "default"))
		return 0;
	if (id) {
		if (eu_json_u64(id, &v) || v > UINT32_MAX || !map_id(a, v))
			return wrong(
				a, "map", m->name,
				"the btf_type_id of 'export_config' is not in the object's BTF");
		m->export_type_id = map_id(a, v);
		return eu_types_fit(a->pkg, m, m->export_type_id, a->err);
	}
	if (!json_array_size(members))
		return wrong(
			a, "map", m->name,
			"'export_config' must be no_export, default, btf_type_id or custom_members");
	json_array_foreach (members, i, item) {
		r = apply_member(a, m, item);
		if (r)
			return r;
	}
	r = eu_types_of_members(a->pkg, m, &m->export_type_id, a->err);
	return r ?: eu_types_fit(a->pkg, m, m->export_type_id, a->err);
}

/* "type": the struct by its name, so that it holds for any architecture. */
static int apply_type(struct apply *a, struct eu_map *m, const json_t *j)
{
	const char *name = json_string_value(j);
	int id = 0;

	if (!j || json_is_null(j))
		return 0;
	if (!name)
		return wrong(a, "map", m->name,
			     "'type' must be the name of a struct");
	if (!a->pkg->btf)
		return 0;
	if (!strncmp(name, "struct ", 7))
		name += 7;
	id = btf__find_by_name_kind(a->pkg->btf, name, BTF_KIND_STRUCT);
	if (id <= 0)
		id = btf__find_by_name_kind(a->pkg->btf, name, BTF_KIND_TYPEDEF);
	if (id <= 0)
		return eu_error_set(
			a->err, -EINVAL,
			"map '%s': type '%s' is not in the object's BTF",
			m->name, name);
	m->export_type_id = id;
	m->exported = true;
	return eu_types_fit(a->pkg, m, id, a->err);
}

/* The kernel's name of an internal map is cut, so go by the identifier. */
static struct eu_map *find_map(struct eu_package *pkg, const char *name,
			       const char *ident)
{
	struct eu_map *m = eu_package_map(pkg, name);

	for (size_t i = 0; !m && ident && i < pkg->n_maps; i++)
		if (pkg->maps[i].internal && !strcmp(pkg->maps[i].ident, ident))
			m = &pkg->maps[i];
	if (!m && strchr(name, '.'))
		m = eu_package_map(pkg, strchr(name, '.'));
	return m;
}

static int apply_map(struct apply *a, json_t *item)
{
	const json_t *intepreter = json_object_get(item, "intepreter");
	const char *name;
	struct eu_map *m;
	int r;

	r = name_of(a, item, "map", &name);
	if (r)
		return r;
	m = find_map(a->pkg, name, eu_json_str(item, "ident"));
	if (!m)
		return unknown(a, "map", name);
	keep(&m->meta, item);
	if (json_object_get(intepreter, "stack_trace"))
		m->stack_trace = true;
	r = take_text(a, item, "description", &m->description);
	if (!r)
		r = apply_sample(a, m, json_object_get(item, "sample"));
	if (!r)
		r = apply_export_config(a, m,
					json_object_get(item, "export_config"));
	return r ? r : apply_type(a, m, json_object_get(item, "type"));
}

static int add_target(struct apply *a, struct eu_prog *p, const json_t *j)
{
	char **slot;
	int r;

	if (!json_is_string(j))
		return wrong(a, "program", p->name,
			     "'target' must be a string or a list of strings");
	r = eu_package_grow(p->targets, p->n_targets, EU_PACKAGE_MAX_ITEMS,
			    "targets", &slot, a->err);
	if (r)
		return r;
	*slot = strdup(json_string_value(j));
	return *slot ? 0 : eu_error_oom(a->err);
}

static int apply_targets(struct apply *a, struct eu_prog *p, const json_t *j)
{
	const json_t *item;
	size_t i;
	int r;

	if (!j || json_is_null(j))
		return 0;
	if (!json_is_array(j))
		return add_target(a, p, j);
	json_array_foreach (j, i, item) {
		r = add_target(a, p, item);
		if (r)
			return r;
	}
	return 0;
}

static int apply_prog(struct apply *a, json_t *item)
{
	const char *attach = eu_json_str(item, "attach"), *name;
	struct eu_prog *p;
	int r;

	r = name_of(a, item, "program", &name);
	if (r)
		return r;
	p = eu_package_prog(a->pkg, name);
	if (!p)
		return unknown(a, "program", name);
	if (attach && strcmp(attach + (*attach == '?'), p->section))
		return eu_error_set(
			a->err, -EINVAL,
			"program '%s' is in section '%s' of the object, but the metadata says '%s'",
			name, p->section, attach);
	keep(&p->meta, item);
	r = take_text(a, item, "description", &p->description);
	if (!r)
		r = take_text(a, item, "either", &p->either);
	return r ? r : apply_targets(a, p, json_object_get(item, "target"));
}

/* A program that a list leaves out is not to be attached. */
static void leave_out(struct eu_package *pkg, const json_t *list)
{
	if (!json_array_size(list))
		return;
	for (size_t i = 0; i < pkg->n_progs; i++)
		if (!pkg->progs[i].meta)
			pkg->progs[i].manual = true;
}

/* Does the BTF type have what the metadata says of it? */
static bool same_shape(const struct btf_type *t, const json_t *item)
{
	const json_t *members = json_object_get(item, "members");
	uint64_t size;

	return t && btf_is_composite(t) &&
	       (!members || json_array_size(members) == btf_vlen(t)) &&
	       (eu_json_u64(json_object_get(item, "size"), &size) ||
		size == t->size);
}

/*
 * The id of export @item: its "type_id" if that is a struct of that name,
 * else the type with its name, of several the one with its shape.
 */
static uint32_t find_export(struct apply *a, const char *name, const json_t *item)
{
	const struct btf *btf = a->pkg->btf;
	uint32_t id = 0, real, found = 0;
	const struct btf_type *t;
	uint64_t v;

	if (!eu_json_u64(json_object_get(item, "type_id"), &v) && v <= UINT32_MAX)
		id = map_id(a, v);
	t = id ? eu_btf_resolve(btf, id, &real) : NULL;
	if (same_shape(t, item) &&
	    (!*eu_btf_name(btf, real) || !strcmp(eu_btf_name(btf, real), name)))
		return real;
	for (id = 1; id < btf__type_cnt(btf); id++) {
		if (strcmp(eu_btf_name(btf, id), name))
			continue;
		t = eu_btf_resolve(btf, id, &real);
		if (!t || !btf_is_composite(t))
			continue;
		found = real;
		if (same_shape(t, item))
			break;
	}
	return found;
}

static int check_export(struct apply *a, const char *name, uint32_t id,
			const json_t *item)
{
	const struct btf_type *t = btf__type_by_id(a->pkg->btf, id);
	const json_t *members = json_object_get(item, "members");
	uint64_t size;

	if (!id)
		return eu_error_set(
			a->err, -EINVAL,
			"the metadata exports a type '%s' that is not in the object's BTF",
			name);
	/* Another architecture's may differ. */
	if (a->ids != a->pkg->btf || same_shape(t, item))
		return 0;
	if (!eu_json_u64(json_object_get(item, "size"), &size) && size != t->size)
		return eu_error_set(
			a->err, -EINVAL,
			"type '%s' has %u bytes in the object, but the metadata says %llu",
			name, t->size, (unsigned long long)size);
	return eu_error_set(
		a->err, -EINVAL,
		"type '%s' has %u members in the object, but the metadata says %zu",
		name, btf_vlen(t), json_array_size(members));
}

static int apply_export(struct apply *a, json_t *item)
{
	const char *name = eu_json_str(item, "name");
	struct eu_export *e;
	uint32_t id = 0;
	uint64_t size;
	int r = 0;

	/* A struct without a tag has an empty name, as in its BTF. */
	if (!name || !*name)
		name = eu_json_str(item, "typedef");
	if (!name)
		return eu_error_set(
			a->err, -EINVAL,
			"the metadata has an exported type without a name");
	if (a->pkg->btf) {
		id = find_export(a, name, item);
		r = check_export(a, name, id, item);
	}
	if (r)
		return r;
	r = eu_package_grow(a->pkg->exports, a->pkg->n_exports,
			    EU_PACKAGE_MAX_EXPORTS, "exported types", &e, a->err);
	if (r)
		return r;
	e->name = strdup(name);
	e->type_id = id;
	e->marked = eu_json_true(item, "export");
	if (id)
		e->size = btf__type_by_id(a->pkg->btf, id)->size;
	else if (!eu_json_u64(json_object_get(item, "size"), &size) &&
		 size <= UINT32_MAX)
		e->size = size;
	keep(&e->meta, item);
	return e->name ? 0 : eu_error_oom(a->err);
}

static int apply_exports(struct apply *a, const json_t *list)
{
	json_t *item;
	size_t i;
	int r;

	/* A draft of November 2022 had {"structs": [...]}. */
	if (json_is_object(list))
		list = json_object_get(list, "structs");
	r = check_list(a, list, "export_types");
	if (r || !json_is_array(list))
		return r;
	eu_package_drop_exports(a->pkg);
	json_array_foreach (list, i, item) {
		r = apply_export(a, item);
		if (r)
			return r;
	}
	return 0;
}

static int apply_each(struct apply *a, const json_t *skel, const char *key,
		      int (*one)(struct apply *, json_t *))
{
	const json_t *list = json_object_get(skel, key);
	json_t *item;
	size_t i;
	int r;

	r = check_list(a, list, key);
	if (r || !list)
		return r;
	if (json_array_size(list) > EU_PACKAGE_MAX_ITEMS)
		return eu_error_set(a->err, -E2BIG, "'%s' has more than %d items",
				    key, EU_PACKAGE_MAX_ITEMS);
	json_array_foreach (list, i, item) {
		r = one(a, item);
		if (r)
			return r;
	}
	return 0;
}

static int apply_doc(struct apply *a, const json_t *doc)
{
	int r;

	r = take_text(a, doc, "brief", &a->pkg->brief);
	if (!r)
		r = take_text(a, doc, "details", &a->pkg->details);
	if (!r)
		r = take_text(a, doc, "description", &a->pkg->description);
	return r ? r : take_text(a, doc, "version", &a->pkg->version);
}

int eu_package_apply(struct eu_package *pkg, json_t *meta,
		     const struct btf *ids, struct eu_error *err)
{
	struct apply a = { .pkg = pkg, .ids = ids, .err = err };
	const json_t *skel = json_object_get(meta, "bpf_skel");
	uint64_t pages;
	int r;

	if (!json_is_object(skel))
		return eu_error_set(err, -EINVAL,
				    "the metadata has no object 'bpf_skel'");
	r = take_text(&a, skel, "obj_name", &pkg->name);
	if (!r)
		r = apply_each(&a, skel, "data_sections", apply_section);
	if (!r)
		r = apply_each(&a, skel, "maps", apply_map);
	if (!r)
		r = apply_each(&a, skel, "progs", apply_prog);
	if (!r)
		r = apply_doc(&a, json_object_get(skel, "doc"));
	if (!r)
		r = apply_exports(&a, json_object_get(meta, "export_types"));
	if (r)
		return r;
	leave_out(pkg, json_object_get(skel, "progs"));
	if (!eu_json_u64(json_object_get(meta, "perf_buffer_pages"), &pages) &&
	    pages <= 1 << 20)
		pkg->perf_pages = pages;
	pkg->multiple_exports = eu_json_true(meta,
					     "enable_multiple_export_types");
	keep(&pkg->meta, meta);
	return 0;
}
