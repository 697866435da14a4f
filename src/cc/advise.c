/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cc/advise.h"

#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/nearest.h"
#include "btf/elf.h"
#include "btf/layout.h"
#include "cc/comment.h"
#include "cc/source.h"
#include "cc/typos.h"
#include "pkg/section.h"
#include "pkg/types.h"

enum { MAX_HEADER = 4 << 20 };

static void place(const char *file, unsigned int line, const char *kind,
		  struct eu_buf *out)
{
	eu_buf_puts(out, file);
	if (line)
		eu_buf_printf(out, ":%u", line);
	eu_buf_printf(out, ": %s: ", kind);
}

static unsigned int line_at(const char *text, const char *at)
{
	unsigned int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* The line with the string @section, or 0: macros may have made it. */
static unsigned int line_of_section(const char *text, const char *section)
{
	eu_auto_free char *quoted = NULL, *asked = NULL;
	const char *at;

	if (asprintf(&quoted, "\"%s\"", section) < 0 ||
	    asprintf(&asked, "\"?%s\"", section) < 0)
		return 0;
	at = strstr(text, quoted) ?: strstr(text, asked);
	return at ? line_at(text, at) : 0;
}

static unsigned int line_of_var(const struct eu_decls *d, const char *name)
{
	for (size_t i = 0; i < d->vars.n; i++)
		if (!strcmp(d->vars.list[i].name, name))
			return d->vars.list[i].line;
	return 0;
}

static bool is_known(const char *section)
{
	enum bpf_attach_type attach;
	enum bpf_prog_type type;

	return eu_section_find(section) ||
	       !libbpf_prog_type_by_name(section, &type, &attach);
}

static void check_sections(const struct eu_advice *a, struct eu_buf *out)
{
	const struct eu_prog *p;

	for (size_t i = 0; i < a->pkg->n_progs; i++) {
		p = &a->pkg->progs[i];
		if (is_known(p->section))
			continue;
		place(a->source, line_of_section(a->text, p->section),
		      "warning", out);
		eu_buf_printf(
			out,
			"section '%s' of program '%s' is unknown: no kind of program is called so, it will not load\n",
			p->section, p->name);
	}
}

/* The last word on what helpers may be called; without it, few. */
static void check_license(const struct eu_advice *a, struct eu_buf *out)
{
	struct eu_elf_section section;
	struct eu_elf elf;

	/* Of another byte order, for example. */
	if (!a->pkg->n_progs ||
	    eu_elf_init(&elf, a->pkg->object->data, a->pkg->object->size, NULL))
		return;
	for (size_t i = 0; i < elf.n; i++)
		if (eu_elf_section(&elf, i, &section) &&
		    !strcmp(section.name, "license"))
			return;
	place(a->source, 0, "warning", out);
	eu_buf_puts(
		out,
		"no license: the kernel refuses it many helpers; add: char LICENSE[] SEC(\"license\") = \"GPL\";\n");
}

static bool has_slots(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = eu_btf_resolve(btf, id, NULL), *member;

	for (int i = 0; t && btf_is_composite(t) && i < btf_vlen(t); i++) {
		if (strcmp(btf__name_by_offset(btf, btf_members(t)[i].name_off),
			   "slots"))
			continue;
		member = eu_btf_resolve(btf, btf_members(t)[i].type, NULL);
		return member && btf_is_array(member);
	}
	return false;
}

static void check_histograms(const struct eu_advice *a, struct eu_buf *out)
{
	const struct eu_map *m, *leaf;

	for (size_t i = 0; i < a->pkg->n_maps; i++) {
		m = &a->pkg->maps[i];
		leaf = m->inner ?: m;
		if ((m->sample != EU_SAMPLE_LOG2 && m->sample != EU_SAMPLE_LINEAR) ||
		    !leaf->value_type_id ||
		    has_slots(a->pkg->btf, leaf->value_type_id))
			continue;
		place(a->source, line_of_var(a->decls, m->name), "warning", out);
		eu_buf_printf(
			out,
			"map '%s' is to be a histogram, but its value is no struct with an array 'slots': rows will be shown instead\n",
			m->name);
	}
}

/* A word that gives a variable its value on the command line. */
struct flag {
	const char *text;
	const struct eu_var *var;
	unsigned int line;
};

static int by_text(const void *a, const void *b)
{
	const struct flag *x = a, *y = b;
	int r = strcmp(x->text, y->text);

	return r ? r : (x->line > y->line) - (x->line < y->line);
}

static void check_twice(const struct eu_advice *a, struct flag *flags, size_t n,
			const char *dashes, struct eu_buf *out)
{
	const struct flag *f;

	qsort(flags, n, sizeof(*flags), by_text);
	for (size_t i = 1; i < n; i++) {
		f = &flags[i];
		if (strcmp(f->text, f[-1].text))
			continue;
		place(a->source, f->line, "warning", out);
		eu_buf_printf(
			out,
			"variable '%s' has the flag %s%s, as '%s' has: only one of them can be set\n",
			f->var->name, dashes, f->text, f[-1].var->name);
	}
}

/* Variables without an annotation have their names for flags. */
static int check_flags(const struct eu_advice *a, struct eu_buf *out)
{
	eu_auto_free struct flag *longs = NULL, *shorts = NULL;
	size_t n_long = 0, n_short = 0;
	const struct eu_var *v;
	unsigned int line;

	longs = calloc(a->pkg->n_vars + 1, sizeof(*longs));
	shorts = calloc(a->pkg->n_vars + 1, sizeof(*shorts));
	if (!longs || !shorts)
		return -ENOMEM;
	for (size_t i = 0; i < a->pkg->n_vars; i++) {
		v = &a->pkg->vars[i];
		/* Only what a comment says can clash, and it has a line. */
		line = v->flag || v->short_flag ? line_of_var(a->decls, v->name) :
						  0;
		longs[n_long++] = (struct flag){ v->flag ?: v->name, v, line };
		if (v->short_flag)
			shorts[n_short++] = (struct flag){ v->short_flag, v,
							   line };
	}
	check_twice(a, longs, n_long, "--", out);
	check_twice(a, shorts, n_short, "-", out);
	return 0;
}

/* A buffer whose events have no type that is known, or NULL. */
static const struct eu_map *untyped(const struct eu_package *pkg)
{
	const struct eu_map *m;

	for (size_t i = 0; i < pkg->n_maps; i++) {
		m = &pkg->maps[i];
		if ((m->type == BPF_MAP_TYPE_RINGBUF ||
		     m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY) &&
		    !eu_types_of_map(pkg, m))
			return m;
	}
	return NULL;
}

/*
 * Types of a header that was not given: one that is marked was meant to be
 * exported, any may have been if events have no type.
 */
static void check_types(const struct eu_advice *a, const char *path,
			const struct eu_type_names *types, struct eu_buf *out)
{
	const struct eu_map *map = untyped(a->pkg);
	const struct eu_type_name *t;
	bool marked = false;

	for (size_t i = 0; i < types->n; i++) {
		t = &types->list[i];
		marked = marked || t->marked;
		if (!t->marked)
			continue;
		place(path, t->line, "note", out);
		eu_buf_printf(
			out,
			"'%s' is marked @export, but not exported: give its header too, as in 'ecc %s %s'\n",
			t->name, a->source, path);
	}
	if (!types->n || marked || !map)
		return;
	t = types->list;
	place(path, t->line, "note", out);
	eu_buf_printf(
		out,
		"the events of map '%s' have no type: if it is '%s', give its header too, as in 'ecc %s %s'\n",
		map->name, t->name, a->source, path);
}

/* A header beside the source that is included and was not given. */
static int check_header(const struct eu_advice *a, const char *name, size_t len,
			struct eu_buf *out)
{
	const char *slash = strrchr(a->source, '/');
	eu_auto_free char *path = NULL, *text = NULL;
	struct eu_type_names types = { 0 };
	int r;

	if (asprintf(&path, "%.*s%.*s", slash ? (int)(slash - a->source + 1) : 0,
		     a->source, (int)len, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	/* It may be found elsewhere, or not at all. */
	if (eu_file_read(path, MAX_HEADER, &text, &len, NULL))
		return 0;
	r = eu_source_types(text, false, &types);
	/* Too many are none that anybody would give. */
	if (!r)
		check_types(a, path, &types, out);
	eu_type_names_done(&types);
	return r == -E2BIG ? 0 : r;
}

static int check_headers(const struct eu_advice *a, struct eu_buf *out)
{
	const char *at = a->text, *name;
	size_t len;
	int r = 0;

	while (!a->header && !r && (name = eu_source_include(&at, &len)))
		if (strncmp(name, "vmlinux.h\"", 10))
			r = check_header(a, name, len, out);
	return r;
}

/* Structs of the source itself that events without a type may be. */
static int check_own_types(const struct eu_advice *a, struct eu_buf *out)
{
	const struct eu_map *map = untyped(a->pkg);
	struct eu_type_names types = { 0 };
	int r;

	if (!map)
		return 0;
	r = eu_source_types(a->text, false, &types);
	if (!r && types.n) {
		place(a->source, types.n == 1 ? types.list->line : 0, "note",
		      out);
		eu_buf_printf(out,
			      "the events of map '%s' have no type: ", map->name);
		if (types.n == 1)
			eu_buf_printf(
				out,
				"if it is '%s', put '/// @export' above that struct\n",
				types.list->name);
		else
			eu_buf_puts(
				out,
				"put '/// @export' above the struct that they are\n");
	}
	eu_type_names_done(&types);
	return r == -E2BIG ? 0 : r;
}

/* A key of @sample or @cmdarg that has no meaning. */
static void check_key(const struct eu_advice *a, const struct eu_decl *d,
		      const char *annotation, const char *key,
		      const char *const *known, struct eu_buf *out)
{
	struct eu_nearest near = { .wanted = key };
	struct eu_error hint = { 0 };

	for (; *known; known++) {
		if (!strcmp(*known, key))
			return;
		eu_nearest_try(&near, *known, strlen(*known));
	}
	eu_nearest_append(&near, 0, &hint);
	place(a->source, d->line, "warning", out);
	eu_buf_printf(out, "'%s': @%s has no key '%s'%s\n", d->name, annotation,
		      key, hint.text);
}

static void check_keys(const struct eu_advice *a, struct eu_buf *out)
{
	static const struct {
		const char *annotation;
		const char *known[16];
	} all[] = {
		{ "sample",
		  { "interval", "type", "unit", "clear_map", "cpus", "min",
		    "step", "buckets", "sort", "top" } },
		{ "cmdarg", { "default", "long", "short", "help" } },
	};
	const struct eu_decl *d = a->decls->vars.list;
	const char *key;
	json_t *value;

	for (size_t i = 0; i < a->decls->vars.n; i++, d++) {
		eu_auto_json json_t *keys = NULL;

		if (!d->comment || eu_comment_parse(d->comment, &keys, NULL))
			continue;
		for (size_t k = 0; k < EU_COUNT(all); k++)
			json_object_foreach (json_object_get(keys,
							     all[k].annotation),
					     key, value)
				check_key(a, d, all[k].annotation, key,
					  all[k].known, out);
	}
}

int eu_advise(const struct eu_advice *a, struct eu_buf *out)
{
	size_t before;
	int r;

	check_sections(a, out);
	check_license(a, out);
	check_histograms(a, out);
	check_keys(a, out);
	eu_typos(a->text, a->source, out);
	r = check_flags(a, out);
	before = out->len;
	if (!r)
		r = check_headers(a, out);
	if (!r && out->len == before)
		r = check_own_types(a, out);
	return r;
}
