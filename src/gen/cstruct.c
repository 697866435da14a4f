/* SPDX-License-Identifier: MIT */
#include "gen/cstruct.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { MAX_DEPTH = 64, MAX_SIZE = 64 << 20 };

struct writer {
	const struct btf *btf;
	struct eu_buf *out;
	bool *written; /* by type */
	int pads;      /* of the struct that is being written */
	int depth;
	struct eu_error *err;
};

static const struct btf_type *type_of(const struct btf *btf, uint32_t id)
{
	return btf__type_by_id(btf, id) ?: btf__type_by_id(btf, 0);
}

static const char *text(const struct btf *btf, uint32_t off)
{
	return btf__name_by_offset(btf, off) ?: "";
}

/* Behind typedefs, const and the like. */
static uint32_t plain(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = type_of(btf, id);

	for (int i = 0; i < MAX_DEPTH && (btf_is_mod(t) || btf_is_typedef(t));
	     i++) {
		id = t->type;
		t = type_of(btf, id);
	}
	return id;
}

/* What arrays of arrays are made of in the end; 0: they never end. */
static uint32_t element_of(const struct btf *btf, uint32_t id)
{
	id = plain(btf, id);
	for (int i = 0; btf_is_array(type_of(btf, id)); i++) {
		if (i == MAX_DEPTH)
			return 0;
		id = plain(btf, btf_array(type_of(btf, id))->type);
	}
	return id;
}

bool eu_cstruct_is_name(const char *s)
{
	if (!*s || isdigit((unsigned char)*s))
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

/* What has no name is none. */
static bool is_sayable(const struct writer *w, uint32_t off)
{
	const char *name = text(w->btf, off);

	return !*name || eu_cstruct_is_name(name);
}

/* Its size in bytes there, 0 if it has none. */
static uint32_t size_of(const struct btf *btf, uint32_t id)
{
	int64_t n = btf__resolve_size(btf, id);

	return n > 0 ? n : 0;
}

static const char *int_words(uint32_t size, uint8_t encoding)
{
	const bool is_signed = encoding & BTF_INT_SIGNED;

	if (encoding & BTF_INT_BOOL && size == 1)
		return "bool";
	switch (size) {
	case 1:
		return encoding & BTF_INT_CHAR || is_signed ? "char" :
							      "unsigned char";
	case 2: return is_signed ? "short" : "unsigned short";
	case 4: return is_signed ? "int" : "unsigned int";
	case 8: return is_signed ? "long long" : "unsigned long long";
	case 16: return is_signed ? "__int128" : "unsigned __int128";
	default: return NULL;
	}
}

static void tabs(struct writer *w, int n)
{
	while (n-- > 0)
		eu_buf_putc(w->out, '\t');
}

static int body(struct writer *w, const struct btf_type *t, int indent);

/* A struct, union or enumeration that is named, or its members in place. */
static int composite_words(struct writer *w, const struct btf_type *t,
			   const char *what, int indent)
{
	const char *name = text(w->btf, t->name_off);

	eu_buf_puts(w->out, what);
	if (*name) {
		eu_buf_printf(w->out, " %s", name);
		return 0;
	}
	/* Its gaps may be members of what it stands in: they count on. */
	return body(w, t, indent);
}

static int enum_words(struct writer *w, const struct btf_type *t)
{
	const char *name = text(w->btf, t->name_off);

	/* Others are as large as their values need. */
	if (btf_is_enum(t) && t->size == 4 && *name && btf_vlen(t))
		eu_buf_printf(w->out, "enum %s", name);
	else
		eu_buf_puts(w->out,
			    int_words(t->size, btf_kflag(t) ? BTF_INT_SIGNED : 0) ?:
				    "int");
	return 0;
}

/* What stands before the name. */
static int type_words(struct writer *w, uint32_t id, int indent)
{
	const struct btf_type *t = type_of(w->btf, id);
	const char *words = NULL;

	switch (btf_kind(t)) {
	case BTF_KIND_INT:
		words = int_words(t->size, btf_int_encoding(t));
		break;
	case BTF_KIND_FLOAT:
		words = t->size == 4 ? "float" : t->size == 8 ? "double" : NULL;
		break;
	case BTF_KIND_PTR: words = "uint64_t /* pointer */"; break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: return enum_words(w, t);
	case BTF_KIND_STRUCT: return composite_words(w, t, "struct", indent);
	case BTF_KIND_UNION: return composite_words(w, t, "union", indent);
	}
	if (words)
		eu_buf_puts(w->out, words);
	return words ? 0 : -EOPNOTSUPP;
}

static int declare(struct writer *w, uint32_t id, const char *name, int indent)
{
	const struct btf_array *a;
	const uint32_t element = element_of(w->btf, id);
	int r;

	if (w->depth == MAX_DEPTH)
		return -E2BIG;
	if (!element)
		return -EOPNOTSUPP;
	w->depth++;
	r = type_words(w, element, indent);
	w->depth--;
	if (*name)
		eu_buf_printf(w->out, " %s", name);
	for (id = plain(w->btf, id); btf_is_array(type_of(w->btf, id));
	     id = plain(w->btf, a->type)) {
		a = btf_array(type_of(w->btf, id));
		eu_buf_printf(w->out, "[%u]", a->nelems);
	}
	return r;
}

/* Bits from @at to @to that no member has. */
static void gap(struct writer *w, uint32_t at, uint32_t to, int indent)
{
	uint32_t bits;

	if (at % 8 && to > at) {
		bits = eu_min(8 - at % 8, to - at);
		tabs(w, indent);
		eu_buf_printf(w->out, "unsigned char : %u;\n", bits);
		at += bits;
	}
	if (to - at >= 8) {
		tabs(w, indent);
		eu_buf_printf(w->out, "char __pad%d[%u];\n", w->pads++,
			      (to - at) / 8);
		at += (to - at) / 8 * 8;
	}
	if (to > at) {
		tabs(w, indent);
		eu_buf_printf(w->out, "unsigned char : %u;\n", to - at);
	}
}

static int member(struct writer *w, const struct btf_type *t, uint32_t i,
		  uint32_t *at, int indent)
{
	const struct btf_member *m = &btf_members(t)[i];
	const uint32_t offset = btf_member_bit_offset(t, i);
	const uint32_t bits = btf_member_bitfield_size(t, i);
	const char *name = text(w->btf, m->name_off);
	int r;

	if (!is_sayable(w, m->name_off))
		return -EOPNOTSUPP;
	if (btf_is_struct(t)) {
		if (offset < *at || t->size > MAX_SIZE)
			return -EOPNOTSUPP;
		gap(w, *at, offset, indent);
		*at = offset + (bits ?: 8 * size_of(w->btf, m->type));
	}
	tabs(w, indent);
	r = declare(w, m->type, name, indent);
	if (bits)
		eu_buf_printf(w->out, " : %u", bits);
	eu_buf_puts(w->out, ";\n");
	/* What has no name is written anew each time: that has to end. */
	return r ?: w->out->error;
}

/* A union that is larger than each of its members. */
static void fill(struct writer *w, const struct btf_type *t, int indent)
{
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		if (!btf_member_bitfield_size(t, i) &&
		    size_of(w->btf, btf_members(t)[i].type) == t->size)
			return;
	}
	tabs(w, indent);
	eu_buf_printf(w->out, "char __pad%d[%u];\n", w->pads++, t->size);
}

/* " { members } __attribute__((packed))". */
static int body(struct writer *w, const struct btf_type *t, int indent)
{
	uint32_t at = 0;
	int r = 0;

	eu_buf_puts(w->out, " {\n");
	for (uint32_t i = 0; i < btf_vlen(t) && !r; i++)
		r = member(w, t, i, &at, indent + 1);
	if (r)
		return r;
	if (btf_is_struct(t)) {
		if (at > 8ull * t->size)
			return -EOPNOTSUPP;
		gap(w, at, t->size * 8, indent + 1);
	} else {
		fill(w, t, indent + 1);
	}
	tabs(w, indent);
	eu_buf_puts(w->out, "} __attribute__((packed))");
	return r;
}

static void asserts(struct writer *w, const struct btf_type *t)
{
	const char *what = btf_is_struct(t) ? "struct" : "union";
	const char *name = text(w->btf, t->name_off), *m;

	eu_buf_printf(
		w->out,
		"_Static_assert(sizeof(%s %s) == %u, \"Size of %s is not %u\");\n",
		what, name, t->size, name, t->size);
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		m = text(w->btf, btf_members(t)[i].name_off);
		if (!*m || btf_member_bitfield_size(t, i))
			continue;
		eu_buf_printf(
			w->out,
			"_Static_assert(offsetof(%s %s, %s) == %u, \"%s is not at %u\");\n",
			what, name, m, btf_member_bit_offset(t, i) / 8, m,
			btf_member_bit_offset(t, i) / 8);
	}
}

/* Types are in the skeleton as well as in the header of all: once is enough. */
static void begin_once(struct writer *w, const char *what, const char *name)
{
	eu_buf_printf(w->out,
		      "#ifndef WASM_BPF_HAS_%s_%s\n#define WASM_BPF_HAS_%s_%s\n",
		      what, name, what, name);
}

static int write_enum(struct writer *w, const struct btf_type *t)
{
	const struct btf_enum *e = btf_enum(t);
	const char *name = text(w->btf, t->name_off);

	if (!btf_is_enum(t) || t->size != 4)
		return 0;
	if (!eu_cstruct_is_name(name))
		return -EOPNOTSUPP;
	begin_once(w, "enum", name);
	eu_buf_printf(w->out, "enum %s {\n", name);
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		if (!eu_cstruct_is_name(text(w->btf, e[i].name_off)))
			return -EOPNOTSUPP;
		eu_buf_printf(w->out, "\t%s = ", text(w->btf, e[i].name_off));
		if (btf_kflag(t) || e[i].val >= 0)
			eu_buf_printf(w->out, "%d,\n", e[i].val);
		else
			eu_buf_printf(w->out, "%uu,\n", (uint32_t)e[i].val);
	}
	eu_buf_puts(w->out, "};\n#endif\n\n");
	return 0;
}

static int needed(struct writer *w, uint32_t id);

static int needed_by_members(struct writer *w, const struct btf_type *t)
{
	int r = 0;

	if (w->depth == MAX_DEPTH)
		return -E2BIG;
	w->depth++;
	for (uint32_t i = 0; i < btf_vlen(t) && !r; i++)
		r = needed(w, btf_members(t)[i].type);
	w->depth--;
	return r;
}

static int write_composite(struct writer *w, const struct btf_type *t)
{
	const char *what = btf_is_struct(t) ? "struct" : "union";
	const char *name = text(w->btf, t->name_off);
	int r = needed_by_members(w, t);

	if (r || !*name)
		return r;
	if (!eu_cstruct_is_name(name))
		return -EOPNOTSUPP;
	begin_once(w, what, name);
	eu_buf_printf(w->out, "%s %s", what, name);
	w->pads = 0;
	r = body(w, t, 0);
	eu_buf_puts(w->out, ";\n#endif\n");
	if (!r)
		asserts(w, t);
	eu_buf_putc(w->out, '\n');
	return r;
}

/* Types by value first: pointers are numbers. */
static int needed(struct writer *w, uint32_t id)
{
	const struct btf_type *t;
	int r = 0;

	id = element_of(w->btf, id);
	t = type_of(w->btf, id);
	if (w->written[id])
		return 0;
	w->written[id] = true;
	if (btf_is_composite(t))
		r = write_composite(w, t);
	else if (btf_is_any_enum(t) && t->name_off && btf_vlen(t))
		r = write_enum(w, t);
	return r;
}

static int failed(const struct writer *w, uint32_t id, int r)
{
	if (w->out->error)
		return eu_error_set(w->err, w->out->error,
				    "the types make too much text");
	return !r ? 0 :
		    eu_error_set(w->err, -EINVAL, "type '%s' cannot be said in C",
				 text(w->btf, type_of(w->btf, id)->name_off));
}

int eu_cstruct_needed(const struct btf *btf, uint32_t id, bool *written,
		      struct eu_buf *out, struct eu_error *err)
{
	struct writer w = { .btf = btf, .out = out, .written = written, .err = err };

	return failed(&w, id, needed(&w, id));
}

int eu_cstruct_declare(const struct btf *btf, uint32_t id, const char *name,
		       int indent, struct eu_buf *out, struct eu_error *err)
{
	struct writer w = { .btf = btf, .out = out, .err = err };

	return failed(&w, id, declare(&w, id, name, indent));
}

int eu_cstruct_all(const struct btf *btf, struct eu_buf *out, struct eu_error *err)
{
	const uint32_t n = btf__type_cnt(btf);
	const struct btf_type *t;
	bool *written = calloc(n + 1, sizeof(*written));
	int r = written ? 0 : eu_error_oom(err);

	for (uint32_t id = 1; id < n && !r; id++) {
		t = type_of(btf, id);
		if (t->name_off && (btf_is_composite(t) || btf_is_any_enum(t)))
			r = eu_cstruct_needed(btf, id, written, out, err);
	}
	free(written);
	return r;
}
