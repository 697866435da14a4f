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

/* @text with "@" and "$" replaced. */
static void put_text(const char *text, const char *at, const char *dollar,
		     struct eu_buf *out)
{
	for (; *text; text++) {
		if (*text == '@')
			eu_buf_puts(out, at);
		else if (*text == '$')
			eu_buf_puts(out, dollar);
		else
			eu_buf_putc(out, *text);
	}
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

/* A section's number, of the first; 0: there is none. */
static size_t find_section(const struct eu_elf *e, const char *name,
			   struct eu_elf_section *ret)
{
	for (size_t i = 1; i < e->n; i++) {
		if (eu_elf_section(e, i, ret) &&
		    !strcmp(ret->name + (*ret->name == '?'), name))
			return i;
	}
	return 0;
}

/* Where a section's bytes are in the object; 0: nowhere. */
static size_t section_offset(const struct eu_object *o, const char *name)
{
	struct eu_elf_section s;
	struct eu_elf e;

	if (eu_elf_init(&e, o->data, o->size, NULL) ||
	    !find_section(&e, name, &s) || !s.data)
		return 0;
	return s.data - (const char *)o->data;
}

/* Where the byte with SHF_EXECINSTR of a section is; 0: nowhere. */
static size_t code_mark(const struct eu_object *o, const char *name)
{
	const bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	struct eu_elf_section s;
	struct eu_elf e;
	size_t i = 0;

	if (!eu_elf_init(&e, o->data, o->size, NULL))
		i = find_section(&e, name, &s);
	if (!i || !(s.flags & SHF_EXECINSTR))
		return 0;
	return e.sections + i * sizeof(Elf64_Shdr) +
	       offsetof(Elf64_Shdr, sh_flags) + (big ? 7 : 0);
}

/* Those of functions ("on_kill.times") have no name in C: they are gaps. */
static bool is_in(const struct eu_var *v, const struct eu_map *m)
{
	return m->internal && !strcmp(v->section, m->name) &&
	       eu_cstruct_is_name(v->name);
}

/* Those of ".kconfig" are the kernel's. */
static bool has_vars(const struct eu_package *pkg, const struct eu_map *m)
{
	if (!strcmp(m->name, ".kconfig"))
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
		/* Without BTF there are bytes. */
		if (pkg->btf)
			r = eu_cstruct_declare(pkg->btf, v->type_id, v->name, 2,
					       out, err);
		else
			eu_buf_printf(out, "unsigned char %s[%u]", v->name,
				      v->size);
		eu_buf_puts(out, ";\n");
		at = v->offset + v->size;
	}
	eu_buf_printf(out, "\t} __attribute__((packed)) *%s;\n", m->ident);
	return r;
}

/* What C++ calls them, as in libbpf's skeletons. */
static void put_methods(const char *name, struct eu_buf *out)
{
	static const char text[] =
		"#ifdef __cplusplus\n"
		"\tstatic inline struct @ *open(\n"
		"\t\tconst struct bpf_object_open_opts *opts = nullptr);\n"
		"\tstatic inline struct @ *open_and_load();\n"
		"\tstatic inline int load(struct @ *skel);\n"
		"\tstatic inline int attach(struct @ *skel);\n"
		"\tstatic inline void detach(struct @ *skel);\n"
		"\tstatic inline void destroy(struct @ *skel);\n"
		"\tstatic inline const void *elf_bytes(size_t *sz);\n"
		"#endif\n";

	put_text(text, name, NULL, out);
}

static void put_progs_of(const struct eu_package *pkg, const char *type,
			 const char *what, struct eu_buf *out)
{
	if (!pkg->n_progs)
		return;
	eu_buf_puts(out, "\tstruct {\n");
	for (size_t i = 0; i < pkg->n_progs; i++)
		eu_buf_printf(out, "\t\tstruct %s *%s;\n", type,
			      pkg->progs[i].name);
	eu_buf_printf(out, "\t} %s;\n", what);
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
	put_progs_of(pkg, "bpf_program", "progs", out);
	put_progs_of(pkg, "bpf_link", "links", out);
	for (size_t i = 0; i < pkg->n_maps && !r; i++) {
		if (has_vars(pkg, &pkg->maps[i]))
			r = put_section(pkg, &pkg->maps[i], name, out, err);
	}
	put_methods(name, out);
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

/* Sections are named by foreign bytes. */
static void put_string(const char *s, struct eu_buf *out)
{
	eu_buf_putc(out, '"');
	for (; *s; s++) {
		if (isalnum((unsigned char)*s) || strchr(" /_.:-+*@,=()[]", *s))
			eu_buf_putc(out, *s);
		else
			eu_buf_printf(out, "\\%03o", (unsigned char)*s);
	}
	eu_buf_putc(out, '"');
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
			"\ts->maps[%zu].map = &obj->maps.%s;\n\ts->maps[%zu].name = ",
			i, m->ident, i);
		put_string(full, out);
		eu_buf_puts(out, ";\n");
		eu_buf_printf(
			out,
			"\ts->maps[%zu].facts = (struct bpf_map_facts){ %u, %u, %u, %u, %u };\n",
			i, m->type, m->key_size, m->value_size, m->max_entries,
			m->flags);
		if (has_vars(pkg, m))
			eu_buf_printf(out,
				      "\ts->maps[%zu].mmaped = (void **)&obj->%s;\n"
				      "\ts->maps[%zu].section_offset = %zu;\n"
				      "\ts->maps[%zu].section_size = %u;\n",
				      i, m->ident, i,
				      section_offset(pkg->object, m->name), i,
				      m->value_size);
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
	for (size_t i = 0; i < pkg->n_progs; i++) {
		const struct eu_prog *p = &pkg->progs[i];

		eu_buf_printf(out,
			      "\ts->progs[%zu].name = \"%s\";\n"
			      "\ts->progs[%zu].prog = &obj->progs.%s;\n"
			      "\ts->progs[%zu].link = &obj->links.%s;\n"
			      "\ts->progs[%zu].section = ",
			      i, p->name, i, p->name, i, p->name, i);
		put_string(p->section, out);
		eu_buf_printf(out, ";\n\ts->progs[%zu].code_mark = %zu;\n", i,
			      code_mark(pkg->object, p->section));
	}
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
		      "\ts->sz = sizeof(*s);\n\ts->name = \"%s\";\n"
		      "\ts->object = &obj->obj;\n",
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

/*
 * Reading and writing the variables of a section: the struct is a copy of what
 * the kernel has.
 */
static void put_sections(const struct eu_package *pkg, const char *name,
			 struct eu_buf *out)
{
	static const char functions[] =
		"/* What programs have made of skel->$. */\n"
		"static inline int @__read_$(struct @ *obj)\n{\n"
		"\treturn bpf_map__read_section(obj->maps.$);\n}\n\n"
		"/* All of skel->$, whatever programs have changed since. */\n"
		"static inline int @__write_$(struct @ *obj)\n{\n"
		"\treturn bpf_map__write_section(obj->maps.$);\n}\n\n";

	for (size_t i = 0; i < pkg->n_maps; i++) {
		const struct eu_map *m = &pkg->maps[i];

		if (has_vars(pkg, m) && strncmp(m->name, ".rodata", 7) != 0)
			put_text(functions, name, m->ident, out);
	}
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

	static const char methods[] =
		"#ifdef __cplusplus\n"
		"struct @ *@::open(const struct bpf_object_open_opts *opts)\n"
		"{\n\treturn @__open_opts(opts);\n}\n\n"
		"struct @ *@::open_and_load()\n"
		"{\n\treturn @__open_and_load();\n}\n\n"
		"int @::load(struct @ *skel)\n"
		"{\n\treturn @__load(skel);\n}\n\n"
		"int @::attach(struct @ *skel)\n"
		"{\n\treturn @__attach(skel);\n}\n\n"
		"void @::detach(struct @ *skel)\n"
		"{\n\t@__detach(skel);\n}\n\n"
		"void @::destroy(struct @ *skel)\n"
		"{\n\t@__destroy(skel);\n}\n\n"
		"const void *@::elf_bytes(size_t *sz)\n"
		"{\n\treturn @__elf_bytes(sz);\n}\n"
		"#endif\n\n";

	put_text(text, name, NULL, out);
	put_text(methods, name, NULL, out);
}

char *eu_skeleton_name(const struct eu_package *pkg)
{
	return identifier(pkg->name, false);
}

static int check_name(const char *name, struct eu_error *err)
{
	return eu_cstruct_is_name(name) ?
		       0 :
		       eu_error_set(err, -EINVAL, "'%s' is no name in C", name);
}

int eu_skeleton_names(const struct eu_package *pkg, struct eu_error *err)
{
	int r = 0;

	for (size_t i = 0; i < pkg->n_maps && !r; i++)
		r = check_name(pkg->maps[i].ident, err);
	for (size_t i = 0; i < pkg->n_progs && !r; i++)
		r = check_name(pkg->progs[i].name, err);
	return r;
}

int eu_skeleton_write(const struct eu_package *pkg, struct eu_buf *out,
		      struct eu_error *err)
{
	eu_auto_free char *name = identifier(pkg->name, false);
	eu_auto_free char *guard = identifier(pkg->name, true);
	int r;

	if (!name || !guard)
		return eu_error_oom(err);
	if (!pkg->n_progs && !pkg->n_maps)
		return eu_error_set(
			err, -EINVAL,
			"'%s' has neither programs nor maps; if 'ecc --header-only' wrote it, compile the program again",
			pkg->origin);
	r = eu_skeleton_names(pkg, err);
	if (r)
		return r;
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
	put_sections(pkg, name, out);
	eu_buf_puts(out, "#endif\n");
	return out->error ? eu_error_oom(err) : 0;
}

int eu_skeleton_types(const struct eu_package *pkg, struct eu_buf *out,
		      struct eu_error *err)
{
	int r = 0;

	eu_buf_puts(out,
		    "/* Made by \"wasm-bpftool btf dump\": changes will be lost. */\n"
		    "#include <assert.h>\n#include <stdbool.h>\n"
		    "#include <stddef.h>\n#include <stdint.h>\n\n");
	if (pkg->btf)
		r = eu_cstruct_all(pkg->btf, out, err);
	return r ? r : out->error ? eu_error_oom(err) : 0;
}
