/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "gen/skeleton.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "btf/elf.h"
#include "gen/cstruct.h"

static const char made_by[] =
	"/* SPDX-License-Identifier: (LGPL-2.1 OR BSD-2-Clause) */\n\n"
	"/* Made by \"wasm-bpftool gen skeleton\": changes will be lost. */\n";

/* "bootstrap_bpf" as a C identifier, in capitals for guards. */
static char *identifier(const char *name, bool capitals)
{
	char *s;

	/* No digit may come first. */
	if (asprintf(&s, "%s%s", isdigit((unsigned char)*name) ? "_" : "",
		     name) < 0)
		return NULL;
	for (char *p = s; p && *p; p++)
		*p = !isalnum((unsigned char)*p) ? '_' :
		     capitals			 ? toupper((unsigned char)*p) :
						   *p;
	return s;
}

/* What libbpf calls a map: of a section, behind the object's name. */
static void map_name(const struct eu_package *pkg, const struct eu_map *m,
		     char to[16])
{
	size_t end = strlen(m->name), room;

	if (m->internal && m->name[0] == '.') {
		room = end < 15 ? 15 - end : 0;
		snprintf(to, 16, "%.*s%s", (int)eu_min(room, (size_t)15),
			 pkg->name, m->name);
	} else {
		snprintf(to, 16, "%s", m->name);
	}
}

/* Where a section's bytes are in the object; 0: nowhere. */
static size_t section_offset(const struct eu_object *o, const char *name)
{
	struct eu_elf_section s;
	struct eu_elf e;
	size_t at = 0;

	if (eu_elf_init(&e, o->data, o->size, NULL))
		return 0;
	for (size_t i = 1; i < e.n; i++) {
		if (eu_elf_section(&e, i, &s) && !strcmp(s.name, name) && s.data)
			at = s.data - (const char *)o->data;
	}
	return at;
}

static bool is_in(const struct eu_var *v, const struct eu_map *m)
{
	return m->internal && !strcmp(v->section, m->name);
}

/* A guest reaches constants only, before they are loaded. */
static bool has_vars(const struct eu_package *pkg, const struct eu_map *m)
{
	if (strcmp(m->ident, "rodata") != 0)
		return false;
	for (size_t i = 0; i < pkg->n_vars; i++) {
		if (is_in(&pkg->vars[i], m))
			return true;
	}
	return false;
}

/* The variables of a section as members, each where it is. */
static int put_section(const struct eu_package *pkg, const struct eu_map *m,
		       const char *name, struct eu_buf *out, struct eu_error *err)
{
	uint32_t at = 0;
	int pads = 0, r = 0;

	eu_buf_printf(out, "\tstruct %s__%s {\n", name, m->ident);
	/* In the order of their offsets, which the package keeps. */
	for (size_t i = 0; i < pkg->n_vars && !r; i++) {
		const struct eu_var *v = &pkg->vars[i];

		if (!is_in(v, m))
			continue;
		if (v->offset < at)
			return eu_error_set(err, -EINVAL,
					    "variable '%s' lies on another",
					    v->name);
		if (v->offset > at)
			eu_buf_printf(out, "\t\tchar __pad%d[%u];\n", pads++,
				      v->offset - at);
		eu_buf_puts(out, "\t\t");
		r = eu_cstruct_declare(pkg->btf, v->type_id, v->name, 2, out,
				       err);
		eu_buf_puts(out, ";\n");
		at = v->offset + v->size;
	}
	eu_buf_printf(out, "\t} __attribute__((packed)) *%s;\n", m->ident);
	return r;
}

static int put_struct(const struct eu_package *pkg, const char *name,
		      struct eu_buf *out, struct eu_error *err)
{
	int r = 0;

	eu_buf_printf(out,
		      "struct %s {\n\tstruct bpf_object_skeleton *skeleton;\n"
		      "\tstruct bpf_object *obj;\n",
		      name);
	if (pkg->n_maps) {
		eu_buf_puts(out, "\tstruct {\n");
		for (size_t i = 0; i < pkg->n_maps; i++)
			eu_buf_printf(out, "\t\tstruct bpf_map *%s;\n",
				      pkg->maps[i].ident);
		eu_buf_puts(out, "\t} maps;\n");
	}
	if (pkg->n_progs) {
		eu_buf_puts(out, "\tstruct {\n");
		for (size_t i = 0; i < pkg->n_progs; i++)
			eu_buf_printf(out, "\t\tstruct bpf_program *%s;\n",
				      pkg->progs[i].name);
		eu_buf_puts(out, "\t} progs;\n");
	}
	for (size_t i = 0; i < pkg->n_maps && !r; i++) {
		if (has_vars(pkg, &pkg->maps[i]))
			r = put_section(pkg, &pkg->maps[i], name, out, err);
	}
	eu_buf_puts(out, "};\n\n");
	return r;
}

/* The types that variables are made of. */
static int put_types(const struct eu_package *pkg, struct eu_buf *out,
		     struct eu_error *err)
{
	bool *written;
	int r = 0;

	if (!pkg->btf)
		return 0;
	written = calloc(btf__type_cnt(pkg->btf) + 1, sizeof(*written));
	if (!written)
		return eu_error_oom(err);
	for (size_t i = 0; i < pkg->n_vars && !r; i++)
		r = eu_cstruct_needed(pkg->btf, pkg->vars[i].type_id, written,
				      out, err);
	free(written);
	return r;
}

static void put_bytes(const struct eu_object *o, const char *name,
		      struct eu_buf *out)
{
	const unsigned char *data = o->data;

	eu_buf_printf(
		out,
		"/* Not constant: variables are set in it before it is loaded. */\n"
		"static inline const void *%s__elf_bytes(size_t *sz)\n{\n"
		"\tstatic unsigned char data[] __attribute__((aligned(8))) = {",
		name);
	for (size_t i = 0; i < o->size; i++)
		eu_buf_printf(out, "%s%u,", i % 20 ? "" : "\n\t\t", data[i]);
	eu_buf_puts(out,
		    "\n\t};\n\n\t*sz = sizeof(data);\n\treturn data;\n}\n\n");
}

static void put_maps(const struct eu_package *pkg, struct eu_buf *out)
{
	char full[16];

	if (!pkg->n_maps)
		return;
	eu_buf_printf(
		out,
		"\ts->map_cnt = %zu;\n\ts->map_skel_sz = sizeof(*s->maps);\n"
		"\ts->maps = (struct bpf_map_skeleton *)calloc(s->map_cnt, s->map_skel_sz);\n"
		"\tif (!s->maps)\n\t\tgoto fail;\n",
		pkg->n_maps);
	for (size_t i = 0; i < pkg->n_maps; i++) {
		const struct eu_map *m = &pkg->maps[i];

		map_name(pkg, m, full);
		eu_buf_printf(
			out,
			"\ts->maps[%zu].name = \"%s\";\n\ts->maps[%zu].map = &obj->maps.%s;\n",
			i, full, i, m->ident);
		if (has_vars(pkg, m))
			eu_buf_printf(
				out,
				"\ts->maps[%zu].mmaped = (void **)&obj->%s;\n",
				i, m->ident);
	}
}

static void put_progs(const struct eu_package *pkg, struct eu_buf *out)
{
	if (!pkg->n_progs)
		return;
	eu_buf_printf(
		out,
		"\ts->prog_cnt = %zu;\n\ts->prog_skel_sz = sizeof(*s->progs);\n"
		"\ts->progs = (struct bpf_prog_skeleton *)calloc(s->prog_cnt, s->prog_skel_sz);\n"
		"\tif (!s->progs)\n\t\tgoto fail;\n",
		pkg->n_progs);
	for (size_t i = 0; i < pkg->n_progs; i++)
		eu_buf_printf(
			out,
			"\ts->progs[%zu].name = \"%s\";\n\ts->progs[%zu].prog = &obj->progs.%s;\n",
			i, pkg->progs[i].name, i, pkg->progs[i].name);
}

static void put_create(const struct eu_package *pkg, const char *name,
		       struct eu_buf *out)
{
	static const char *const sections[] = { "rodata", "bss" };
	char section[16];
	size_t at;

	eu_buf_printf(out,
		      "static inline int %s__create_skeleton(struct %s *obj)\n{\n"
		      "\tstruct bpf_object_skeleton *s;\n\n"
		      "\ts = (struct bpf_object_skeleton *)calloc(1, sizeof(*s));\n"
		      "\tif (!s)\n\t\tgoto fail;\n"
		      "\ts->sz = sizeof(*s);\n\ts->name = \"%s\";\n",
		      name, name, name);
	for (size_t i = 0; i < EU_COUNT(sections); i++) {
		snprintf(section, sizeof(section), ".%s", sections[i]);
		at = section_offset(pkg->object, section);
		if (at)
			eu_buf_printf(out, "\ts->%s_offset = %zu;\n",
				      sections[i], at);
	}
	put_maps(pkg, out);
	put_progs(pkg, out);
	eu_buf_printf(
		out,
		"\ts->data = (void *)%s__elf_bytes(&s->data_sz);\n"
		"\tobj->skeleton = s;\n\treturn 0;\n"
		"fail:\n\tbpf_object__destroy_skeleton(s);\n\treturn -ENOMEM;\n}\n\n",
		name);
}

/* The functions that are the same for all but for the name. */
static void put_functions(const char *name, struct eu_buf *out)
{
	static const char text[] =
		"static inline void @__destroy(struct @ *obj)\n{\n"
		"\tif (!obj)\n\t\treturn;\n"
		"\tbpf_object__destroy_skeleton(obj->skeleton);\n\tfree(obj);\n}\n\n"
		"static inline struct @ *\n"
		"@__open_opts(const struct bpf_object_open_opts *opts)\n{\n"
		"\tstruct @ *obj = (struct @ *)calloc(1, sizeof(*obj));\n\n"
		"\tif (!obj || @__create_skeleton(obj) ||\n"
		"\t    bpf_object__open_skeleton(obj->skeleton, opts)) {\n"
		"\t\t@__destroy(obj);\n\t\treturn NULL;\n\t}\n\treturn obj;\n}\n\n"
		"static inline struct @ *@__open(void)\n{\n"
		"\treturn @__open_opts(NULL);\n}\n\n"
		"static inline int @__load(struct @ *obj)\n{\n"
		"\treturn bpf_object__load_skeleton(obj->skeleton);\n}\n\n"
		"static inline struct @ *@__open_and_load(void)\n{\n"
		"\tstruct @ *obj = @__open();\n\n"
		"\tif (obj && @__load(obj)) {\n"
		"\t\t@__destroy(obj);\n\t\tobj = NULL;\n\t}\n\treturn obj;\n}\n\n"
		"static inline int @__attach(struct @ *obj)\n{\n"
		"\treturn bpf_object__attach_skeleton(obj->skeleton);\n}\n\n"
		"static inline void @__detach(struct @ *obj)\n{\n"
		"\tbpf_object__detach_skeleton(obj->skeleton);\n}\n\n";

	for (const char *p = text; *p; p++) {
		if (*p == '@')
			eu_buf_puts(out, name);
		else
			eu_buf_putc(out, *p);
	}
}

int eu_skeleton_write(const struct eu_package *pkg, struct eu_buf *out,
		      struct eu_error *err)
{
	eu_auto_free char *name = identifier(pkg->name, false);
	eu_auto_free char *guard = identifier(pkg->name, true);
	int r;

	if (!name || !guard)
		return eu_error_oom(err);
	eu_buf_printf(out,
		      "%s#ifndef __%s_SKEL_H__\n#define __%s_SKEL_H__\n\n"
		      "#include <errno.h>\n#include <stdbool.h>\n"
		      "#include <stddef.h>\n#include <stdint.h>\n#include <stdlib.h>\n\n"
		      "#include \"libbpf-wasm.h\"\n\n",
		      made_by, guard, guard);
	r = put_types(pkg, out, err);
	if (!r)
		r = put_struct(pkg, name, out, err);
	if (r)
		return r;
	put_bytes(pkg->object, name, out);
	put_create(pkg, name, out);
	put_functions(name, out);
	eu_buf_puts(out, "#endif\n");
	return out->error ? eu_error_oom(err) : 0;
}

int eu_skeleton_types(const struct eu_package *pkg, struct eu_buf *out,
		      struct eu_error *err)
{
	int r = 0;

	eu_buf_puts(out,
		    "/* Made by \"wasm-bpftool btf dump\": changes will be lost. */\n"
		    "#ifndef _BPF_WASM_EVENT_H_\n#define _BPF_WASM_EVENT_H_\n\n"
		    "#include <assert.h>\n#include <stdbool.h>\n"
		    "#include <stddef.h>\n#include <stdint.h>\n\n");
	if (pkg->btf)
		r = eu_cstruct_all(pkg->btf, out, err);
	eu_buf_puts(out, "#endif\n");
	return r ? r : out->error ? eu_error_oom(err) : 0;
}
