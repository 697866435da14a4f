/* SPDX-License-Identifier: MIT */
#include "pkg/package.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "pkg/zlib.h"

/*
 * Each object starts as a copy of what was read, so unknown keys survive, and
 * gets the keys that this version knows. Setting a key frees the old value;
 * a NULL value makes json_object_set_new() fail, which is how a lack of memory
 * shows.
 */

static json_t *copy_or_new(const json_t *j)
{
	return json_is_object(j) ? json_copy((json_t *)j) : json_object();
}

static bool put_text(json_t *obj, const char *key, const char *text)
{
	return !text || !json_object_set_new(obj, key, json_string(text));
}

static json_t *write_var(const struct eu_var *v)
{
	json_t *item = copy_or_new(v->meta);
	char type[48];

	if (!v->type)
		snprintf(type, sizeof(type), "unsigned char[%u]", v->size);
	if (put_text(item, "name", v->name) &&
	    put_text(item, "type", v->type ?: type) &&
	    put_text(item, "description", v->description))
		return item;
	json_decref(item);
	return NULL;
}

/* The list "variables" of @section, which is added if it is not there yet. */
static json_t *section_list(json_t *sections, const char *section)
{
	json_t *item, *list;
	size_t i;

	json_array_foreach (sections, i, item)
		if (!strcmp(eu_json_str(item, "name") ?: "", section))
			return json_object_get(item, "variables");
	list = json_array();
	item = json_pack("{s:s, s:o}", "name", section, "variables", list);
	return json_array_append_new(sections, item) ? NULL : list;
}

static json_t *write_sections(const struct eu_package *pkg)
{
	json_t *sections = json_array();

	for (size_t i = 0; i < pkg->n_vars && sections; i++)
		if (json_array_append_new(section_list(sections,
						       pkg->vars[i].section),
					  write_var(&pkg->vars[i]))) {
			json_decref(sections);
			return NULL;
		}
	return sections;
}

/*
 * The kernel's name of an internal map as libbpf makes it: as much of the
 * object's name as leaves room for the section's in 15 characters.
 */
static void kernel_name(const struct eu_package *pkg, const char *section,
			char name[16])
{
	int suffix = eu_min(eu_max(strlen(section), (size_t)7), (size_t)15);
	int prefix = eu_min(strlen(pkg->name), (size_t)15 - suffix);

	snprintf(name, 16, "%.*s%.*s", prefix, pkg->name, suffix, section);
}

static json_t *write_map(const struct eu_package *pkg, const struct eu_map *m)
{
	json_t *item = copy_or_new(m->meta);
	char name[16];
	bool ok;

	kernel_name(pkg, m->name, name);
	ok = put_text(item, "name", m->internal ? name : m->name) &&
	     put_text(item, "ident", m->ident) &&
	     put_text(item, "description", m->description);
	if (m->mmaped)
		ok = ok && !json_object_set_new(item, "mmaped", json_true());
	if (ok)
		return item;
	json_decref(item);
	return NULL;
}

static json_t *write_prog(const struct eu_prog *p)
{
	json_t *item = copy_or_new(p->meta);

	if (put_text(item, "name", p->name) &&
	    put_text(item, "attach", p->section) &&
	    put_text(item, "description", p->description) &&
	    (json_object_get(item, "link") ||
	     !json_object_set_new(item, "link", json_true())))
		return item;
	json_decref(item);
	return NULL;
}

/* The members by the BTF, with what else was known of those that were there. */
static json_t *write_members(const struct btf *btf, uint32_t id, const json_t *old)
{
	json_t *list = eu_package_members(btf, id), *item, *was;
	const char *name;
	size_t i;

	json_array_foreach (list, i, item) {
		was = json_array_get(old, i);
		name = eu_json_str(was, "name");
		if (name && !strcmp(name, eu_json_str(item, "name")) &&
		    json_object_update_missing(item, was)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *write_export(const struct eu_package *pkg,
			    const struct eu_export *e)
{
	json_t *item = copy_or_new(e->meta);
	const struct btf_type *t;
	bool ok = true;

	/* What was read is about the first object, which may not be this one. */
	if (pkg->btf && e->type_id && (!e->meta || pkg->object == pkg->objects)) {
		t = btf__type_by_id(pkg->btf, e->type_id);
		/* Old readers compare the name with the struct's own. */
		ok = put_text(item, "name", t->name_off ? e->name : "") &&
		     (t->name_off || put_text(item, "typedef", e->name)) &&
		     !json_object_set_new(item, "type_id",
					  json_integer(e->type_id)) &&
		     !json_object_set_new(item, "size", json_integer(e->size)) &&
		     !json_object_set_new(
			     item, "members",
			     write_members(pkg->btf, e->type_id,
					   json_object_get(e->meta, "members")));
	} else if (!e->meta) {
		ok = put_text(item, "name", e->name);
	}
	if (ok && e->marked)
		ok = !json_object_set_new(item, "export", json_true());
	if (ok)
		return item;
	json_decref(item);
	return NULL;
}

static bool write_doc(const struct eu_package *pkg, json_t *skel)
{
	json_t *doc;

	if (!pkg->brief && !pkg->details && !pkg->description && !pkg->version)
		return true;
	doc = copy_or_new(json_object_get(skel, "doc"));
	return put_text(doc, "brief", pkg->brief) &&
	       put_text(doc, "details", pkg->details) &&
	       put_text(doc, "description", pkg->description) &&
	       put_text(doc, "version", pkg->version) &&
	       !json_object_set_new(skel, "doc", doc);
}

static json_t *write_skel(const struct eu_package *pkg)
{
	eu_auto_json json_t *skel = copy_or_new(
		json_object_get(pkg->meta, "bpf_skel"));
	json_t *maps = json_array(), *progs = json_array();
	bool ok = put_text(skel, "obj_name", pkg->name);

	for (size_t i = 0; i < pkg->n_maps; i++)
		ok = ok &&
		     !json_array_append_new(maps, write_map(pkg, &pkg->maps[i]));
	for (size_t i = 0; i < pkg->n_progs; i++)
		ok = ok &&
		     !json_array_append_new(progs, write_prog(&pkg->progs[i]));
	/* Both lists are given away, whatever comes of it. */
	if (json_object_set_new(skel, "maps", maps))
		ok = false;
	if (json_object_set_new(skel, "progs", progs))
		ok = false;
	if (!ok ||
	    json_object_set_new(skel, "data_sections", write_sections(pkg)) ||
	    !write_doc(pkg, skel))
		return NULL;
	return eu_take_ptr(skel);
}

static bool write_exports(const struct eu_package *pkg, json_t *meta)
{
	json_t *list;

	if (!pkg->n_exports)
		return true;
	list = json_array();
	for (size_t i = 0; i < pkg->n_exports; i++)
		if (json_array_append_new(list,
					  write_export(pkg, &pkg->exports[i]))) {
			json_decref(list);
			return false;
		}
	return !json_object_set_new(meta, "export_types", list);
}

json_t *eu_package_meta(const struct eu_package *pkg, struct eu_error *err)
{
	eu_auto_json json_t *meta = copy_or_new(pkg->meta);

	if (json_object_set_new(meta, "bpf_skel", write_skel(pkg)) ||
	    !write_exports(pkg, meta) ||
	    (!json_object_get(meta, "eunomia_version") &&
	     !put_text(meta, "eunomia_version", EU_VERSION))) {
		eu_error_oom(err);
		return NULL;
	}
	return eu_take_ptr(meta);
}

/* Sets "bpf_object" and "bpf_object_size" of @to. */
static int write_object(const struct eu_object *o, json_t *to)
{
	eu_auto_buf struct eu_buf packed = EU_BUF(2u * EU_PACKAGE_MAX_OBJECT);
	eu_auto_buf struct eu_buf text = EU_BUF(3u * EU_PACKAGE_MAX_OBJECT);
	int r;

	if (o->packed)
		return json_object_set(to, "bpf_object", o->packed) ||
				       json_object_set_new(to, "bpf_object_size",
							   json_integer(o->size)) ?
			       -ENOMEM :
			       0;
	r = eu_zlib_deflate(o->data, o->size, &packed);
	if (r)
		return r;
	eu_base64_encode(packed.data, packed.len, &text);
	if (text.error)
		return text.error;
	if (json_object_set_new(to, "bpf_object",
				json_stringn(text.data, text.len)) ||
	    json_object_set_new(to, "bpf_object_size", json_integer(o->size)))
		return -ENOMEM;
	return 0;
}

static int write_others(const struct eu_package *pkg, json_t *root)
{
	json_t *all, *one;
	int r = 0;

	if (pkg->n_objects < 2)
		return 0;
	all = json_object();
	for (size_t i = 1; i < pkg->n_objects && !r; i++) {
		one = json_object();
		r = write_object(&pkg->objects[i], one);
		if (json_object_set_new(all, pkg->objects[i].arch ?: "", one))
			r = -ENOMEM;
	}
	if (json_object_set_new(root, "objects", all))
		r = -ENOMEM;
	return r;
}

json_t *eu_package_json(const struct eu_package *pkg, struct eu_error *err)
{
	eu_auto_json json_t *root = copy_or_new(pkg->extra);
	json_t *meta = eu_package_meta(pkg, err);

	if (!meta)
		return NULL;
	if (json_object_set_new(root, "meta", meta) ||
	    !put_text(root, "arch", pkg->objects[0].arch) ||
	    write_object(&pkg->objects[0], root) || write_others(pkg, root)) {
		eu_error_oom(err);
		return NULL;
	}
	return eu_take_ptr(root);
}
