/* SPDX-License-Identifier: MIT */
#include "pkg/describe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "btf/layout.h"
#include "pkg/ctype.h"
#include "pkg/feature.h"
#include "pkg/notes.h"
#include "pkg/object.h"
#include "pkg/types.h"

/* Setting a key to NULL does nothing: what is not known is left out. */
static void set_text(json_t *obj, const char *key, const char *text)
{
	if (text)
		json_object_set_new(obj, key, json_string(text));
}

static void set_number(json_t *obj, const char *key, uint64_t n)
{
	json_object_set_new(obj, key, json_integer((json_int_t)n));
}

static json_t *objects(const struct eu_package *pkg)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < pkg->n_objects; i++) {
		one = json_object();
		set_text(one, "arch", pkg->objects[i].arch ?: "any");
		if (pkg->objects[i].size)
			set_number(one, "size", pkg->objects[i].size);
		if (&pkg->objects[i] == pkg->object && pkg->n_objects > 1)
			json_object_set_new(one, "described", json_true());
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *programs(const struct eu_package *pkg, const struct eu_image *img)
{
	json_t *list = json_array(), *one, *targets;
	const struct eu_image_symbol *sym;

	for (size_t i = 0; i < pkg->n_progs; i++) {
		const struct eu_prog *p = &pkg->progs[i];

		one = json_object();
		set_text(one, "name", p->name);
		set_text(one, "section", p->section);
		set_text(one, "description", p->description);
		sym = eu_image_global(img, p->name);
		if (sym)
			set_number(one, "instructions", sym->size / 8);
		set_text(one, "either", p->either);
		if (p->manual || p->optional)
			json_object_set_new(one, "optional", json_true());
		if (p->n_targets) {
			targets = json_array();
			for (size_t k = 0; k < p->n_targets; k++)
				json_array_append_new(
					targets, json_string(p->targets[k]));
			json_object_set_new(one, "targets", targets);
		}
		json_array_append_new(list, one);
	}
	return list;
}

static void set_type(const struct eu_package *pkg, json_t *obj, const char *key,
		     uint32_t id)
{
	eu_auto_free char *text = NULL;

	if (id && pkg->btf)
		text = eu_ctype_string(pkg->btf, id);
	set_text(obj, key, text);
}

/* How ecli run shows it. */
static const char *shown_as(const struct eu_package *pkg, const struct eu_map *m)
{
	static const char *const kinds[] = {
		[EU_SAMPLE_KV] = "table",
		[EU_SAMPLE_LOG2] = "log2 histogram",
		[EU_SAMPLE_LINEAR] = "linear histogram",
		[EU_SAMPLE_BUCKETS] = "histogram",
	};

	if (m->internal || (pkg->multiple_exports && !m->exported))
		return NULL;
	if (m->sample)
		return kinds[m->sample];
	return m->type == BPF_MAP_TYPE_RINGBUF ||
			       m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ?
		       "events" :
		       NULL;
}

static json_t *maps(const struct eu_package *pkg)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < pkg->n_maps; i++) {
		const struct eu_map *m = &pkg->maps[i];
		const char *shown = shown_as(pkg, m);

		one = json_object();
		set_text(one, "name", m->name);
		set_text(one, "type",
			 m->internal ? "global variables" :
				       eu_feature_name(EU_FEATURE_MAP, m->type));
		set_text(one, "description", m->description);
		set_type(pkg, one, "key", m->key_type_id);
		set_type(pkg, one, "value", m->value_type_id);
		set_number(one, "key_size", m->key_size);
		set_number(one, "value_size", m->value_size);
		set_number(one, "max_entries", m->max_entries);
		/* Their entries are bytes. */
		if (m->type == BPF_MAP_TYPE_RINGBUF ||
		    m->type == BPF_MAP_TYPE_USER_RINGBUF)
			set_number(one, "bytes", m->max_entries);
		set_text(one, "shown_as", shown);
		if (shown && !m->sample)
			set_type(pkg, one, "record", eu_types_of_map(pkg, m));
		if (m->sample)
			set_number(one, "interval_ms", m->interval_ms);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *enum_names(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = eu_btf_resolve(btf, id, NULL);
	json_t *list;

	if (!t || !(btf_is_enum(t) || btf_is_enum64(t)))
		return NULL;
	list = json_array();
	for (uint32_t i = 0; i < btf_vlen(t); i++)
		json_array_append_new(
			list, json_string(btf__name_by_offset(
				      btf, btf_is_enum(t) ?
						   btf_enum(t)[i].name_off :
						   btf_enum64(t)[i].name_off)));
	return list;
}

/* The metadata's value as it is, else the object's. */
static void set_default(const struct eu_package *pkg, const struct eu_image *img,
			const struct eu_var *v, json_t *one)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 16);
	const struct btf_type *t;
	json_t *value = NULL;

	if (v->def) {
		json_object_set(one, "default", v->def);
		return;
	}
	if (!eu_notes_default(pkg, img, v, &b) || !eu_buf_str(&b))
		return;
	t = eu_btf_resolve(pkg->btf, v->type_id, NULL);
	if (!btf_is_array(t) && !btf_is_any_enum(t))
		value = json_loads(b.data, JSON_DECODE_ANY, NULL);
	json_object_set_new(one, "default", value ?: json_string(b.data));
}

static json_t *variables(const struct eu_package *pkg, const struct eu_image *img)
{
	json_t *list = json_array(), *one, *names;

	for (size_t i = 0; i < pkg->n_vars; i++) {
		const struct eu_var *v = &pkg->vars[i];

		if (*v->name == '.')
			continue;
		one = json_object();
		set_text(one, "name", v->name);
		set_text(one, "type", v->type);
		set_text(one, "section", v->section);
		set_number(one, "size", v->size);
		set_default(pkg, img, v, one);
		if (!eu_param_hidden(v))
			set_text(one, "flag", v->flag ?: v->name);
		set_text(one, "short", v->short_flag);
		set_text(one, "help", v->help ?: v->description);
		names = pkg->btf ? enum_names(pkg->btf, v->type_id) : NULL;
		if (names)
			json_object_set_new(one, "values", names);
		json_array_append_new(list, one);
	}
	return list;
}

/* Of a member, what the metadata says beside its name and type. */
static const char *comment(const struct eu_export *e, const char *member,
			   const char *key)
{
	const json_t *list = json_object_get(e->meta, "members");
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (!strcmp(eu_json_str(item, "name") ?: "", member))
			return eu_json_str(item, key);
	return NULL;
}

static json_t *members(const struct eu_package *pkg, const struct eu_export *e)
{
	json_t *list = json_array(), *one;
	struct eu_layout *l;

	if (eu_types_layout(pkg, e->type_id, &l, NULL))
		return list;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct eu_step *s = &l->steps[i];

		one = json_object();
		set_text(one, "name", s->name);
		set_type(pkg, one, "type", s->type_id);
		set_number(one, "offset", s->offset);
		set_number(one, "size", s->size);
		set_text(one, "format",
			 s->format ? eu_format_name(s->format) : NULL);
		set_text(one, "length", comment(e, s->name, "length"));
		set_text(one, "description", comment(e, s->name, "description"));
		json_array_append_new(list, one);
	}
	eu_layout_free(l);
	return list;
}

json_t *eu_package_records(const struct eu_package *pkg)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < pkg->n_exports; i++) {
		const struct eu_export *e = &pkg->exports[i];

		one = json_object();
		set_text(one, "name", e->name);
		set_number(one, "size", e->size);
		if (pkg->btf && e->type_id)
			json_object_set_new(one, "members", members(pkg, e));
		json_array_append_new(list, one);
	}
	return list;
}

static int needs(const struct eu_package *pkg, json_t *list, struct eu_error *err)
{
	struct eu_feature *f = NULL;
	char since[16];
	json_t *one;
	size_t n;
	int r;

	r = eu_features_of(pkg, NULL, NULL, &f, &n, err);
	for (size_t i = 0; i < n && !r; i++) {
		/* A helper may be called by programs of several types. */
		if (i && f[i].kind == f[i - 1].kind &&
		    !strcmp(f[i].name, f[i - 1].name))
			continue;
		one = json_object();
		set_text(one, "kind", eu_feature_kind_name(f[i].kind));
		set_text(one, "name", f[i].name);
		if (f[i].since) {
			snprintf(since, sizeof(since), "%u.%u",
				 f[i].since / 100, f[i].since % 100);
			set_text(one, "since", since);
		}
		set_text(one, "for", f[i].owner);
		json_array_append_new(list, one);
	}
	free(f);
	return r;
}

json_t *eu_package_describe(const struct eu_package *pkg, struct eu_error *err)
{
	eu_auto_json json_t *j = json_object(), *list = json_array();
	eu_auto_image struct eu_image img = { 0 };
	int r;

	if (!j || !list) {
		eu_error_oom(err);
		return NULL;
	}
	r = eu_image_init(&img, pkg->object->data, pkg->object->size, err);
	if (!r)
		r = needs(pkg, list, err);
	if (r)
		return NULL;
	set_text(j, "name", pkg->name);
	set_text(j, "version", pkg->version);
	set_text(j, "brief", pkg->brief);
	set_text(j, "description", pkg->description);
	json_object_set_new(j, "objects", objects(pkg));
	json_object_set_new(j, "portable", json_boolean(!eu_package_bound(pkg)));
	json_object_set_new(j, "programs", programs(pkg, &img));
	json_object_set_new(j, "maps", maps(pkg));
	json_object_set_new(j, "variables", variables(pkg, &img));
	json_object_set_new(j, "records", eu_package_records(pkg));
	json_object_set(j, "needs", list);
	return eu_take_ptr(j);
}
