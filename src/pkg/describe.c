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

static json_t *objects(const struct eu_package *pkg)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < pkg->n_objects; i++) {
		one = json_object();
		eu_json_put_text(&one, "arch", pkg->objects[i].arch ?: "any");
		if (pkg->objects[i].size)
			eu_json_put_number(&one, "size", pkg->objects[i].size);
		if (&pkg->objects[i] == pkg->object && pkg->n_objects > 1)
			eu_json_put(&one, "described", json_true());
		eu_json_add(&list, one);
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
		eu_json_put_text(&one, "name", p->name);
		eu_json_put_text(&one, "section", p->section);
		eu_json_put_text(&one, "description", p->description);
		sym = eu_image_global(img, p->name);
		if (sym)
			eu_json_put_number(&one, "instructions", sym->size / 8);
		eu_json_put_text(&one, "either", p->either);
		if (p->manual || p->optional)
			eu_json_put(&one, "optional", json_true());
		if (p->n_targets) {
			targets = json_array();
			for (size_t k = 0; k < p->n_targets; k++)
				eu_json_add(&targets,
					    eu_json_text(p->targets[k]));
			eu_json_put(&one, "targets", targets);
		}
		eu_json_add(&list, one);
	}
	return list;
}

static void set_type(const struct eu_package *pkg, json_t **obj,
		     const char *key, uint32_t id)
{
	eu_auto_free char *text = NULL;

	if (!id || !pkg->btf)
		return;
	text = eu_ctype_string(pkg->btf, id);
	eu_json_put(obj, key, text ? eu_json_text(text) : NULL);
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
		eu_json_put_text(&one, "name", m->name);
		eu_json_put_text(&one, "type",
				 m->internal ? "global variables" :
					       eu_feature_name(EU_FEATURE_MAP,
							       m->type));
		eu_json_put_text(&one, "description", m->description);
		set_type(pkg, &one, "key", m->key_type_id);
		set_type(pkg, &one, "value", m->value_type_id);
		eu_json_put_number(&one, "key_size", m->key_size);
		eu_json_put_number(&one, "value_size", m->value_size);
		eu_json_put_number(&one, "max_entries", m->max_entries);
		/* Their entries are bytes. */
		if (m->type == BPF_MAP_TYPE_RINGBUF ||
		    m->type == BPF_MAP_TYPE_USER_RINGBUF)
			eu_json_put_number(&one, "bytes", m->max_entries);
		eu_json_put_text(&one, "shown_as", shown);
		if (shown && !m->sample)
			set_type(pkg, &one, "record", eu_types_of_map(pkg, m));
		if (m->sample)
			eu_json_put_number(&one, "interval_ms", m->interval_ms);
		eu_json_add(&list, one);
	}
	return list;
}

static bool has_names(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = eu_btf_resolve(btf, id, NULL);

	return t && btf_is_any_enum(t);
}

static json_t *enum_names(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = eu_btf_resolve(btf, id, NULL);
	json_t *list = json_array();

	for (uint32_t i = 0; i < btf_vlen(t); i++)
		eu_json_add(&list,
			    eu_json_text(btf__name_by_offset(
				    btf, btf_is_enum(t) ?
						 btf_enum(t)[i].name_off :
						 btf_enum64(t)[i].name_off)));
	return list;
}

/* The metadata's value as it is, else the object's. */
static void set_default(const struct eu_package *pkg, const struct eu_image *img,
			const struct eu_var *v, json_t **one)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 16);
	const struct btf_type *t;
	json_error_t why = { 0 };
	json_t *value = NULL;

	if (v->def) {
		eu_json_put(one, "default", json_incref(v->def));
		return;
	}
	eu_notes_default(pkg, img, v, &b);
	if (b.error == -ENOMEM)
		eu_json_put(one, "default", NULL);
	if (!b.len || !eu_buf_str(&b))
		return;
	t = eu_btf_resolve(pkg->btf, v->type_id, NULL);
	if (btf_is_array(t) || btf_is_any_enum(t)) {
		eu_json_put_text(one, "default", b.data);
		return;
	}
	value = json_loads(b.data, JSON_DECODE_ANY, &why);
	/* No memory is an error of its own, or none at all. */
	if (!value && json_error_code(&why) != json_error_unknown &&
	    json_error_code(&why) != json_error_out_of_memory)
		value = eu_json_text(b.data);
	eu_json_put(one, "default", value);
}

static json_t *variables(const struct eu_package *pkg, const struct eu_image *img)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < pkg->n_vars; i++) {
		const struct eu_var *v = &pkg->vars[i];

		if (*v->name == '.')
			continue;
		one = json_object();
		eu_json_put_text(&one, "name", v->name);
		eu_json_put_text(&one, "type", v->type);
		eu_json_put_text(&one, "section", v->section);
		eu_json_put_number(&one, "size", v->size);
		set_default(pkg, img, v, &one);
		if (!eu_param_hidden(v))
			eu_json_put_text(&one, "flag", v->flag ?: v->name);
		eu_json_put_text(&one, "short", v->short_flag);
		eu_json_put_text(&one, "help", v->help ?: v->description);
		if (pkg->btf && has_names(pkg->btf, v->type_id))
			eu_json_put(&one, "values",
				    enum_names(pkg->btf, v->type_id));
		eu_json_add(&list, one);
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
	struct eu_layout *l;
	int r = eu_types_layout(pkg, e->type_id, &l, NULL);
	json_t *list = r == -ENOMEM ? NULL : json_array(), *one;

	if (r)
		return list;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct eu_step *s = &l->steps[i];

		one = json_object();
		eu_json_put_text(&one, "name", s->name);
		set_type(pkg, &one, "type", s->type_id);
		eu_json_put_number(&one, "offset", s->offset);
		eu_json_put_number(&one, "size", s->size);
		eu_json_put_text(&one, "format",
				 s->format ? eu_format_name(s->format) : NULL);
		eu_json_put_text(&one, "length", comment(e, s->name, "length"));
		eu_json_put_text(&one, "description",
				 comment(e, s->name, "description"));
		eu_json_add(&list, one);
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
		eu_json_put_text(&one, "name", e->name);
		eu_json_put_number(&one, "size", e->size);
		if (pkg->btf && e->type_id)
			eu_json_put(&one, "members", members(pkg, e));
		eu_json_add(&list, one);
	}
	return list;
}

static int needs(const struct eu_package *pkg, json_t **list, struct eu_error *err)
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
		eu_json_put_text(&one, "kind", eu_feature_kind_name(f[i].kind));
		eu_json_put_text(&one, "name", f[i].name);
		if (f[i].since) {
			snprintf(since, sizeof(since), "%u.%u",
				 f[i].since / 100, f[i].since % 100);
			eu_json_put_text(&one, "since", since);
		}
		eu_json_put_text(&one, "for", f[i].owner);
		eu_json_add(list, one);
	}
	free(f);
	return r;
}

json_t *eu_package_describe(const struct eu_package *pkg, struct eu_error *err)
{
	eu_auto_json json_t *j = json_object(), *list = json_array();
	eu_auto_image struct eu_image img = { 0 };
	int r;

	r = eu_image_init(&img, pkg->object->data, pkg->object->size, err);
	if (!r)
		r = needs(pkg, &list, err);
	if (r)
		return NULL;
	eu_json_put_text(&j, "name", pkg->name);
	eu_json_put_text(&j, "version", pkg->version);
	eu_json_put_text(&j, "brief", pkg->brief);
	eu_json_put_text(&j, "description", pkg->description);
	eu_json_put(&j, "objects", objects(pkg));
	eu_json_put(&j, "portable", json_boolean(!eu_package_bound(pkg)));
	eu_json_put(&j, "programs", programs(pkg, &img));
	eu_json_put(&j, "maps", maps(pkg));
	eu_json_put(&j, "variables", variables(pkg, &img));
	eu_json_put(&j, "records", eu_package_records(pkg));
	eu_json_put(&j, "needs", eu_take_ptr(list));
	if (!j)
		eu_error_oom(err);
	return eu_take_ptr(j);
}
