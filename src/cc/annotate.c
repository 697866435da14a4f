/* SPDX-License-Identifier: MIT */
#include "cc/annotate.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "btf/format.h"
#include "cc/comment.h"

enum { MAX_SOURCE = 16 << 20 };

struct annotate {
	struct eu_package *pkg;
	json_t *meta; /* owned by the caller */
	const char *source;
	struct eu_error *err;
};

/* What the object says; a comment must not say otherwise. */
static const char *const fixed[] = {
	"attach", "ident", "link", "mmaped", "name", "value",
};

/* Where the annotation that an error begins with stands, else @d's line. */
static unsigned int line_of(const struct annotate *a, const struct eu_decl *d)
{
	eu_auto_free char *text = NULL, *word = NULL;
	const char *at, *end;
	unsigned int line = 1;
	size_t len;

	if (eu_file_read(a->source, MAX_SOURCE, &text, &len, NULL) || !a->err)
		return d->line;
	word = strndup(a->err->text, strcspn(a->err->text, ": "));
	at = strstr(text, d->comment);
	end = at && word && *word == '@' ? strstr(at, word) : NULL;
	if (!end || end > at + strlen(d->comment))
		return d->line;
	for (at = text; at < end; at++)
		line += *at == '\n';
	return line;
}

static int parse(struct annotate *a, const struct eu_decl *d, json_t **ret)
{
	int r = eu_comment_parse(d->comment, ret, a->err);

	return r ? eu_error_prefix(a->err, r, "%s:%u", a->source, line_of(a, d)) :
		   0;
}

static int refuse_format(struct annotate *a, const char *format)
{
	eu_error_set(a->err, -EINVAL,
		     "there is no format '%s'; there are: ", format);
	return eu_format_list(a->err);
}

static int merge(struct annotate *a, const struct eu_decl *d, json_t *item,
		 bool is_var)
{
	eu_auto_json json_t *keys = NULL;
	const char *format;
	int r;

	r = parse(a, d, &keys);
	if (r)
		return r;
	for (size_t i = 0; i < EU_COUNT(fixed); i++)
		if (json_object_get(keys, fixed[i]))
			return eu_error_set(a->err, -EINVAL,
					    "%s:%u: @%s cannot be set by a comment",
					    a->source, d->line, fixed[i]);
	format = eu_json_str(keys, "format");
	if (format && !eu_format_find(format))
		return eu_error_prefix(a->err, refuse_format(a, format),
				       "%s:%u", a->source, d->line);
	if (is_var && json_object_get(keys, "type"))
		return eu_error_set(a->err, -EINVAL, "%s:%u: @type is for maps",
				    a->source, d->line);
	return json_object_update(item, keys) ? eu_error_oom(a->err) : 0;
}

/* The item called @name in a list of objects, or NULL. */
static json_t *find(const json_t *list, const char *name)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (!strcmp(eu_json_str(item, "name") ?: "", name))
			return item;
	return NULL;
}

/* Adds the items of a list to an object under their names. */
static bool index_items(json_t *by_name, const json_t *list)
{
	const char *name;
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		name = eu_json_str(item, "name");
		if (name && !json_object_get(by_name, name) &&
		    json_object_set(by_name, name, item))
			return false;
	}
	return true;
}

static bool index_vars(json_t *by_name, const json_t *skel)
{
	json_t *section;
	size_t i;

	json_array_foreach (json_object_get(skel, "data_sections"), i, section)
		if (!index_items(by_name, json_object_get(section, "variables")))
			return false;
	return true;
}

static bool is_license(const char *name)
{
	return !strcmp(name, "LICENSE") || !strcmp(name, "_license") ||
	       !strcmp(name, "license");
}

static int add_doc(struct annotate *a, const struct eu_decl *d, json_t *skel)
{
	json_t *doc = NULL;
	int r;

	r = parse(a, d, &doc);
	if (r)
		return r;
	if (!json_object_size(doc)) {
		json_decref(doc);
		return 0;
	}
	return json_object_set_new(skel, "doc", doc) ? eu_error_oom(a->err) : 0;
}

static int add_vars(struct annotate *a, const struct eu_decl_list *vars,
		    json_t *skel)
{
	eu_auto_json json_t *all_vars = json_object(), *all_maps = json_object();
	const struct eu_decl *d;
	json_t *var, *map;
	int r = 0;

	if (!index_vars(all_vars, skel) ||
	    !index_items(all_maps, json_object_get(skel, "maps")))
		return eu_error_oom(a->err);
	for (size_t i = 0; i < vars->n && !r; i++) {
		d = &vars->list[i];
		var = json_object_get(all_vars, d->name);
		map = json_object_get(all_maps, d->name);
		if (var || map)
			r = merge(a, d, var ?: map, var);
		else if (is_license(d->name))
			r = add_doc(a, d, skel);
	}
	return r;
}

static int add_progs(struct annotate *a, const struct eu_decl_list *funcs,
		     json_t *skel)
{
	eu_auto_json json_t *all = json_object();
	json_t *prog;
	int r = 0;

	if (!index_items(all, json_object_get(skel, "progs")))
		return eu_error_oom(a->err);
	for (size_t i = 0; i < funcs->n && !r; i++) {
		prog = json_object_get(all, funcs->list[i].name);
		if (prog)
			r = merge(a, &funcs->list[i], prog, false);
	}
	return r;
}

/* What a member means, and how long it is. */
static int annotate_member(struct annotate *a, const struct eu_decl *d,
			   const json_t *keys, json_t *item)
{
	static const char *const known[] = { "format", "length" };
	const char *text = eu_json_str(keys, "format");

	if (text && !eu_format_find(text))
		return eu_error_prefix(a->err, refuse_format(a, text),
				       "%s: member '%s'", a->source, d->name);
	for (size_t i = 0; i < EU_COUNT(known); i++) {
		text = eu_json_str(keys, known[i]);
		if (text && json_object_set_new(item, known[i], json_string(text)))
			return eu_error_oom(a->err);
	}
	return 0;
}

/* Of a type (without @member) only the text. */
static int describe(struct annotate *a, const char *comment,
		    const struct eu_decl *member, json_t *item)
{
	eu_auto_json json_t *keys = NULL;
	json_t *text;
	int r;

	if (!comment)
		return 0;
	r = eu_comment_parse(comment, &keys, a->err);
	if (r)
		return eu_error_prefix(a->err, r, "%s", a->source);
	text = json_object_get(keys, "description") ?:
		       json_object_get(keys, "brief");
	if (text && json_object_set(item, "description", text))
		return eu_error_oom(a->err);
	return member ? annotate_member(a, member, keys, item) : 0;
}

/* The type that the anchors of the object have under that name. */
static const struct eu_export *anchored(const struct eu_package *pkg,
					const char *name)
{
	for (size_t i = 0; i < pkg->n_exports; i++)
		if (!strcmp(pkg->exports[i].name, name))
			return &pkg->exports[i];
	return NULL;
}

static int add_export(struct annotate *a, const struct eu_export_decl *d,
		      bool marked, json_t *list)
{
	const struct eu_export *e = anchored(a->pkg, d->name);
	json_t *item, *members, *member;
	int r;

	if (!e)
		return eu_error_set(a->err, -EINVAL,
				    "the exported type '%s' is not in the object",
				    d->name);
	members = eu_package_members(a->pkg->btf, e->type_id);
	item = json_pack("{s:s, s:i, s:o}", "name", d->name, "type_id",
			 (int)e->type_id, "members", members);
	if (json_array_append_new(list, item) ||
	    (marked && json_object_set_new(item, "export", json_true())))
		return eu_error_oom(a->err);
	r = describe(a, d->comment, NULL, item);
	for (size_t i = 0; i < d->members.n && !r; i++) {
		member = find(members, d->members.list[i].name);
		if (member)
			r = describe(a, d->members.list[i].comment,
				     &d->members.list[i], member);
	}
	return r;
}

/* In the order of the BTF, as the original's compiler wrote them. */
static json_t *sorted(const json_t *list)
{
	json_t *out = json_array(), *item, *best;
	json_int_t last = 0, id;
	size_t i;

	for (;;) {
		best = NULL;
		json_array_foreach (list, i, item) {
			id = json_integer_value(json_object_get(item, "type_id"));
			if (id > last &&
			    (!best || id < json_integer_value(json_object_get(
						   best, "type_id"))))
				best = item;
		}
		if (!best || json_array_append(out, best))
			return out;
		last = json_integer_value(json_object_get(best, "type_id"));
	}
}

static int add_exports(struct annotate *a, const struct eu_decls *decls)
{
	eu_auto_json json_t *list = json_array();
	int r = 0;

	for (size_t i = 0; i < decls->types.n && !r; i++)
		r = add_export(a, &decls->exports[i],
			       decls->types.list[i].marked, list);
	if (!r && json_object_set_new(a->meta, "export_types", sorted(list)))
		r = eu_error_oom(a->err);
	return r;
}

int eu_annotate(struct eu_package *pkg, const struct eu_decls *decls,
		const char *source, struct eu_error *err)
{
	eu_auto_json json_t *meta = eu_package_meta(pkg, err);
	struct annotate a = { pkg, meta, source, err };
	json_t *skel = json_object_get(meta, "bpf_skel");
	int r;

	if (!meta)
		return -ENOMEM;
	r = add_vars(&a, &decls->vars, skel);
	if (!r)
		r = add_progs(&a, &decls->funcs, skel);
	if (!r)
		r = add_exports(&a, decls);
	/* If nothing is to be exported, what the object's pointers anchor is. */
	if (!r && !decls->header_seen && !decls->types.n)
		json_object_del(meta, "export_types");
	return r ? r : eu_package_apply(pkg, meta, pkg->btf, err);
}
