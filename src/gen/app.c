/* SPDX-License-Identifier: MIT */
#include "gen/app.h"

#include <ctype.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "gen/cstruct.h"
#include "gen/printers.h"
#include "gen/skeleton.h"
#include "pkg/types.h"

static bool is_buffer(const struct eu_package *pkg, const struct eu_map *m)
{
	return !m->internal && (!pkg->multiple_exports || m->exported) &&
	       (m->type == BPF_MAP_TYPE_RINGBUF ||
		m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY);
}

static size_t count_buffers(const struct eu_package *pkg)
{
	size_t n = 0;

	for (size_t i = 0; i < pkg->n_maps; i++)
		n += is_buffer(pkg, &pkg->maps[i]);
	return n;
}

/* "struct event", what the records of @m are; NULL: nothing that has a name. */
static const char *record_name(const struct eu_package *pkg,
			       const struct eu_map *m, const char **ret_what)
{
	uint32_t id = pkg->btf ? eu_types_of_map(pkg, m) : 0;
	const struct btf_type *t = btf__type_by_id(pkg->btf, id);
	const char *name;

	for (int i = 0;
	     id && t && i < 64 && (btf_is_typedef(t) || btf_is_mod(t)); i++)
		t = btf__type_by_id(pkg->btf, t->type);
	if (!id || !t || !btf_is_composite(t))
		return NULL;
	name = btf__name_by_offset(pkg->btf, t->name_off);
	*ret_what = btf_is_struct(t) ? "struct" : "union";
	return name && eu_cstruct_is_name(name) ? name : NULL;
}

/* How a key or a value is written: by a function of its struct, or a number. */
struct form {
	uint32_t id;
	const char *name; /* of the struct, or what a number is called */
	bool is_struct, is_signed;
};

/* "unsigned int" is one. */
static bool is_type_name(const char *s)
{
	for (const char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != ' ')
			return false;
	return *s;
}

static bool form_of(const struct eu_package *pkg, uint32_t id, struct form *ret)
{
	const struct btf_type *t = btf__type_by_id(pkg->btf, id);
	const char *name = t ? btf__name_by_offset(pkg->btf, t->name_off) : NULL;

	for (int i = 0; t && i < 64 && (btf_is_typedef(t) || btf_is_mod(t)); i++)
		t = btf__type_by_id(pkg->btf, t->type);
	if (!id || !t || !name)
		return false;
	*ret = (struct form){ .id = id, .name = name };
	if (btf_is_composite(t)) {
		ret->name = btf__name_by_offset(pkg->btf, t->name_off);
		ret->is_struct = true;
		return ret->name && eu_cstruct_is_name(ret->name);
	}
	ret->is_signed = btf_is_int(t) && btf_int_encoding(t) & BTF_INT_SIGNED;
	return is_type_name(name) && btf_is_int(t) && t->size <= 8 &&
	       !(btf_int_encoding(t) & (BTF_INT_BOOL | BTF_INT_CHAR));
}

/* A hash whose entries are shown again and again. */
static bool is_sampled(const struct eu_package *pkg, const struct eu_map *m,
		       struct form *ret_key, struct form *ret_value)
{
	return m->sample && !m->inner && pkg->btf &&
	       (m->type == BPF_MAP_TYPE_HASH || m->type == BPF_MAP_TYPE_LRU_HASH) &&
	       form_of(pkg, m->key_type_id, ret_key) &&
	       form_of(pkg, eu_types_of_map(pkg, m), ret_value);
}

static size_t count_sampled(const struct eu_package *pkg)
{
	struct form key, value;
	size_t n = 0;

	for (size_t i = 0; i < pkg->n_maps; i++)
		n += is_sampled(pkg, &pkg->maps[i], &key, &value);
	return n;
}

static void put_form(const struct form *f, const char *what, struct eu_buf *out)
{
	if (f->is_struct)
		eu_buf_printf(out,
			      "\t\t\tbpf_print_value(stdout, &%s__type, &%s);\n",
			      f->name, what);
	else
		eu_buf_printf(
			out,
			"\t\t\tprintf(\"{\\\"%s\\\":%%ll%c}\", (%slong long)%s);\n",
			f->name, f->is_signed ? 'd' : 'u',
			f->is_signed ? "" : "unsigned ", what);
}

/* A function that goes through a map, in the order that its keys have. */
static int put_shower(const struct eu_package *pkg, const struct eu_map *m,
		      const struct form *key, const struct form *value,
		      struct eu_buf *out, struct eu_error *err)
{
	static const char loop[] =
		";\n\tint err = bpf_map_get_next_key(fd, NULL, &key);\n\n"
		"\twhile (!err) {\n"
		"\t\terr = bpf_map_get_next_key(fd, &key, &next);\n"
		"\t\tif (!bpf_map_lookup_elem(fd, &key, &value)) {\n"
		"\t\t\t/* Here is the place to filter and to compute. */\n";
	eu_auto_free char *name = eu_skeleton_name(pkg);
	int r;

	if (!name)
		return eu_error_oom(err);
	eu_buf_printf(out,
		      "/* Prints the entries of the map '%s'%s. */\n"
		      "static void show_%s(struct %s *skel)\n{\n"
		      "\tconst int fd = bpf_map__fd(skel->maps.%s);\n\t",
		      m->name, m->keep ? "" : ", and empties it", m->ident,
		      name, m->ident);
	r = eu_cstruct_declare(pkg->btf, key->id, "key", 1, out, err);
	eu_buf_puts(out, ", next;\n\t");
	if (!r)
		r = eu_cstruct_declare(pkg->btf, value->id, "value", 1, out, err);
	eu_buf_puts(out, loop);
	eu_buf_puts(out, "\t\t\tprintf(\"{");
	if (count_sampled(pkg) > 1)
		eu_buf_printf(out, "\\\"map\\\":\\\"%s\\\",", m->name);
	eu_buf_puts(out, "\\\"key\\\":\");\n");
	put_form(key, "key", out);
	eu_buf_puts(out, "\t\t\tprintf(\",\\\"value\\\":\");\n");
	put_form(value, "value", out);
	eu_buf_puts(out, "\t\t\tputs(\"}\");\n");
	if (!m->keep)
		eu_buf_puts(out, "\t\t\tbpf_map_delete_elem(fd, &key);\n");
	eu_buf_puts(out, "\t\t}\n\t\tkey = next;\n\t}\n}\n\n");
	return r;
}

/* Where nothing comes as an event. */
static int put_showers(const struct eu_package *pkg, struct eu_buf *out,
		       struct eu_error *err)
{
	struct form key, value;
	int r = 0;

	for (size_t i = 0; i < pkg->n_maps && !r; i++) {
		if (is_sampled(pkg, &pkg->maps[i], &key, &value))
			r = put_shower(pkg, &pkg->maps[i], &key, &value, out,
				       err);
	}
	return r;
}

/* All maps in one round, which the shortest of their times gives. */
static void put_rounds(const struct eu_package *pkg, struct eu_buf *out)
{
	const struct eu_map *m;
	struct form key, value;
	uint32_t ms = 1000;

	for (size_t i = 0; i < pkg->n_maps; i++) {
		m = &pkg->maps[i];
		if (is_sampled(pkg, m, &key, &value) && m->interval_ms)
			ms = eu_min(ms, m->interval_ms);
	}
	eu_buf_printf(out, "\twhile (err >= 0) {\n\t\tusleep(%u);\n", ms * 1000);
	for (size_t i = 0; i < pkg->n_maps; i++) {
		m = &pkg->maps[i];
		if (is_sampled(pkg, m, &key, &value))
			eu_buf_printf(out, "\t\tshow_%s(skel);\n", m->ident);
	}
	if (!count_sampled(pkg))
		eu_buf_puts(
			out,
			"\t\t/* Here is the place to read maps: bpf_map_lookup_elem(). */\n");
	eu_buf_puts(out, "\t}\n");
}

static const char filter_here[] =
	"\t/*\n"
	"\t * Here is the place to filter and to compute: leave out what is of no\n"
	"\t * interest, count, sum up, print something else.\n"
	"\t *\n"
	"\t *\tif (e.%s == 0)\n"
	"\t *\t\treturn 0;\n"
	"\t */\n";

/* The first member whose value is a number, for the example. */
static const char *number_of(const struct btf *btf, const char *what,
			     const char *name)
{
	int id = btf__find_by_name_kind(
		btf, name,
		!strcmp(what, "struct") ? BTF_KIND_STRUCT : BTF_KIND_UNION);
	const struct btf_type *t = btf__type_by_id(btf, id < 0 ? 0 : id), *m;

	for (uint32_t i = 0; t && btf_is_composite(t) && i < btf_vlen(t); i++) {
		m = btf__type_by_id(btf, btf_members(t)[i].type);
		while (m && (btf_is_mod(m) || btf_is_typedef(m)))
			m = btf__type_by_id(btf, m->type);
		if (m && (btf_is_int(m) || btf_is_any_enum(m)))
			return btf__name_by_offset(btf,
						   btf_members(t)[i].name_off);
	}
	return NULL;
}

/* With several maps a row begins with the name of its own. */
static void put_typed(const struct eu_package *pkg, const struct eu_map *m,
		      const char *what, const char *name, bool several,
		      struct eu_buf *out)
{
	const char *number = number_of(pkg->btf, what, name);

	eu_buf_printf(out,
		      "\t%s %s e = { 0 };\n\n"
		      "\t(void)ctx;\n"
		      "\tmemcpy(&e, data, size < sizeof(e) ? size : sizeof(e));\n",
		      what, name);
	eu_buf_printf(out, filter_here,
		      number && eu_cstruct_is_name(number) ? number : "member");
	if (several)
		eu_buf_printf(
			out,
			"\tbpf_print_of_map(stdout, \"%s\", &%s__type, &e);\n",
			m->name, name);
	else
		eu_buf_printf(out, "\t%s__print_json(stdout, &e);\n", name);
}

/* Without a type they are bytes. */
static void put_untyped(const struct eu_map *m, bool several, struct eu_buf *out)
{
	eu_buf_puts(out, "\tconst unsigned char *p = data;\n\n\t(void)ctx;\n");
	if (several)
		eu_buf_printf(out, "\tprintf(\"{\\\"map\\\":\\\"%s\\\",\");\n",
			      m->name);
	else
		eu_buf_puts(out, "\tputchar('{');\n");
	eu_buf_puts(out, "\tprintf(\"\\\"data\\\":\\\"\");\n"
			 "\tfor (size_t i = 0; i < size; i++)\n"
			 "\t\tprintf(\"%02x\", p[i]);\n"
			 "\tprintf(\"\\\"}\\n\");\n");
}

static void put_handlers(const struct eu_package *pkg, bool several,
			 struct eu_buf *out)
{
	const char *name, *what;

	for (size_t i = 0; i < pkg->n_maps; i++) {
		const struct eu_map *m = &pkg->maps[i];

		if (!is_buffer(pkg, m))
			continue;
		eu_buf_printf(
			out,
			"/* Gets each event of the map '%s', as the kernel wrote it. */\n"
			"static int on_%s(void *ctx, void *data, size_t size)\n{\n",
			m->name, m->ident);
		name = record_name(pkg, m, &what);
		if (name)
			put_typed(pkg, m, what, name, several, out);
		else
			put_untyped(m, several, out);
		eu_buf_puts(
			out,
			"\treturn 0; /* a negative number ends the program */\n}\n\n");
	}
}

static void put_string(const char *s, size_t len, struct eu_buf *out)
{
	eu_buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = s[i];

		if (c == '"' || c == '\\')
			eu_buf_printf(out, "\\%c", c);
		else if (c < ' ' || c > '~' || c == '?')
			eu_buf_printf(out, "\\%03o", c);
		else
			eu_buf_putc(out, (char)c);
		/* Compilers limit lines, and people read them. */
		if (i % 4096 == 4095)
			eu_buf_puts(out, "\"\n\t\"");
	}
	eu_buf_putc(out, '"');
}

/* What the package says of programs and guests are not told by the object. */
static void put_targets(const struct eu_package *pkg, struct eu_buf *out)
{
	for (size_t i = 0; i < pkg->n_progs; i++) {
		const struct eu_prog *p = &pkg->progs[i];

		if (p->manual)
			eu_buf_printf(
				out,
				"\tbpf_program__set_autoattach(skel->progs.%s, false);\n",
				p->name);
		if (p->manual || !p->n_targets)
			continue;
		eu_buf_printf(out,
			      "\tbpf_set_prog_attach_target(skel->progs.%s, ",
			      p->name);
		put_string(p->targets[0], strlen(p->targets[0]), out);
		eu_buf_puts(out, ");\n");
	}
}

/* A variable that can be set before load, for the comment. */
static const struct eu_var *constant(const struct eu_package *pkg)
{
	for (size_t i = 0; i < pkg->n_vars; i++) {
		if (!strcmp(pkg->vars[i].section, ".rodata") &&
		    pkg->vars[i].size <= 8 &&
		    eu_cstruct_is_name(pkg->vars[i].name))
			return &pkg->vars[i];
	}
	return NULL;
}

static void put_start(const struct eu_package *pkg, const char *name,
		      struct eu_buf *out)
{
	const struct eu_var *v = constant(pkg);

	eu_buf_printf(out,
		      "int main(int argc, char **argv)\n{\n"
		      "\tstruct %s *skel = %s__open();\n",
		      name, name);
	for (size_t i = 0; i < pkg->n_maps; i++) {
		if (is_buffer(pkg, &pkg->maps[i]))
			eu_buf_printf(out, "\tstruct bpf_buffer *%s;\n",
				      pkg->maps[i].ident);
	}
	eu_buf_puts(out,
		    "\tint err;\n\n"
		    "\t/* The place to take arguments. */\n"
		    "\tif (argc > 1) {\n"
		    "\t\tfprintf(stderr, \"unexpected argument '%s': options of the runner stand in front of the module\\n\",\n"
		    "\t\t\targv[1]);\n"
		    "\t\treturn 2;\n\t}\n"
		    "\tif (!skel)\n\t\treturn 1;\n");
	if (v)
		eu_buf_printf(
			out,
			"\t/* The place to set constants: skel->rodata->%s = 1; */\n",
			v->name);
	put_targets(pkg, out);
	eu_buf_printf(out,
		      "\terr = %s__load(skel);\n"
		      "\tif (!err)\n\t\terr = %s__attach(skel);\n"
		      "\tif (err) {\n"
		      "\t\tfprintf(stderr, \"cannot load and attach: %%d\\n\", err);\n"
		      "\t\t%s__destroy(skel);\n"
		      "\t\treturn 1;\n\t}\n",
		      name, name, name);
}

static void put_loop(const struct eu_package *pkg, size_t n, struct eu_buf *out)
{
	const char *from = NULL;

	for (size_t i = 0; i < pkg->n_maps; i++) {
		const struct eu_map *m = &pkg->maps[i];

		if (!is_buffer(pkg, m))
			continue;
		from = from				       ?:
			       m->type == BPF_MAP_TYPE_RINGBUF ? "ring buffer" :
								 "perf event";
		eu_buf_printf(
			out,
			"\t%s = bpf_buffer__open(skel->maps.%s, on_%s, NULL);\n",
			m->ident, m->ident, m->ident);
		if (m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			eu_buf_printf(out,
				      "\t/* The first poll opens it: events before that are lost. */\n"
				      "\terr = %sbpf_buffer__poll(%s, 1);\n",
				      n > 1 ? "err < 0 ? err : " : "", m->ident);
	}
	eu_buf_printf(out,
		      "\tfputs(\"running and waiting for the ebpf events from %s...\\n\",\n"
		      "\t      stderr);\n",
		      from ?: "sampled map");
	if (!n) {
		put_rounds(pkg, out);
		return;
	}
	eu_buf_printf(out, "\twhile (err >= 0)%s\n", n > 1 ? " {" : "");
	for (size_t i = 0; i < pkg->n_maps; i++) {
		if (!is_buffer(pkg, &pkg->maps[i]))
			continue;
		eu_buf_printf(out, "\t\terr = %sbpf_buffer__poll(%s, %d);\n",
			      n > 1 ? "err < 0 ? err : " : "",
			      pkg->maps[i].ident, n > 1 ? 10 : 100);
	}
	eu_buf_puts(out, n > 1 ? "\t}\n" : "");
}

/* What would end the comment, or a line of it, is left out. */
static void put_comment(const char *s, struct eu_buf *out)
{
	for (; *s; s++)
		if (*s != '*' && *s != '\\' && (unsigned char)*s >= ' ')
			eu_buf_putc(out, *s);
}

int eu_app_write(const struct eu_package *pkg, struct eu_buf *out,
		 struct eu_error *err)
{
	const size_t n = count_buffers(pkg);
	eu_auto_free char *name = eu_skeleton_name(pkg);
	int r = 0;

	if (!name)
		return eu_error_oom(err);
	r = eu_skeleton_names(pkg, err);
	if (r)
		return r;
	eu_buf_puts(out, "/*\n * The user space of '");
	put_comment(pkg->name, out);
	eu_buf_printf(out,
		      "' as a Wasm guest.\n"
		      " * This file is yours: it is written once, and not again.\n */\n"
		      "#include <stdio.h>\n%s\n#include \"ewasm-skel.h\"\n\n",
		      n ? "" : "#include <unistd.h>\n");
	put_handlers(pkg, n > 1, out);
	if (!n)
		r = put_showers(pkg, out, err);
	if (r)
		return r;
	put_start(pkg, name, out);
	put_loop(pkg, n, out);
	for (size_t i = 0; i < pkg->n_maps; i++) {
		if (is_buffer(pkg, &pkg->maps[i]))
			eu_buf_printf(out, "\tbpf_buffer__free(%s);\n",
				      pkg->maps[i].ident);
	}
	eu_buf_printf(out, "\t%s__destroy(skel);\n\treturn err < 0;\n}\n", name);
	return out->error ? eu_error_oom(err) : 0;
}

/*
 * What records, keys and values are. All types of the object may be many, and
 * some of the kernel's have names of the C library's.
 */
static int put_types(const struct eu_package *pkg, struct eu_buf *out,
		     struct eu_error *err)
{
	bool *written = calloc(btf__type_cnt(pkg->btf) + 1, sizeof(*written));
	int r = written ? 0 : eu_error_oom(err);

	for (size_t i = 0; i < pkg->n_maps && !r; i++) {
		const struct eu_map *m = &pkg->maps[i];
		const uint32_t ids[] = { eu_types_of_map(pkg, m),
					 m->key_type_id, m->value_type_id };

		for (size_t k = 0; k < EU_COUNT(ids) && !m->internal && !r; k++)
			r = ids[k] ? eu_cstruct_needed(pkg->btf, ids[k],
						       written, out, err) :
				     0;
	}
	free(written);
	return r;
}

int eu_app_header(const struct eu_package *pkg, const char *json, size_t len,
		  struct eu_buf *out, struct eu_error *err)
{
	int r;

	eu_buf_puts(
		out,
		"/* Made by \"lmp gen-wasm-skel\": changes will be lost. */\n"
		"#pragma once\n\n"
		"/* The package that all below comes from. */\n"
		"static const char ewasm_package[] __attribute__((unused)) =\n\t");
	put_string(json, len, out);
	eu_buf_puts(out, ";\n\n");
	r = eu_skeleton_write(pkg, out, err);
	if (!r && pkg->btf)
		r = put_types(pkg, out, err);
	if (!r)
		r = eu_printers_write(pkg, out, err);
	return r ? r : out->error ? eu_error_oom(err) : 0;
}
