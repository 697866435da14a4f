/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "gen/wit.h"

#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "btf/layout.h"

enum { MAX_DEPTH = 64, MAX_NAME = 256, MAX_STEPS = 1 << 20 };

struct writer {
	const struct btf *btf;
	struct eu_buf *out;
	char **names; /* of types, by id: those that are written */
	void *taken;  /* tree of them */
	int depth;
	int steps; /* anonymous structs are gone through for each use */
	struct eu_error *err;
};

static const char *text(const struct writer *w, uint32_t off)
{
	return btf__name_by_offset(w->btf, off) ?: "";
}

static int cannot(struct writer *w, const char *name, const char *why)
{
	return eu_error_set(w->err, -EINVAL, "type '%s' %s",
			    *name ? name : "(anonymous)", why);
}

/* ---- names */

/*
 * Lower-case words with hyphens, each beginning with a letter. The escape in
 * front is there so that a keyword is a name, too.
 */
static void kebab(const char *name, char to[MAX_NAME])
{
	size_t n = 0;
	bool hyphen = false;

	to[n++] = '%';
	for (; *name && n < MAX_NAME - 3; name++) {
		if (!isalnum((unsigned char)*name)) {
			hyphen = true;
			continue;
		}
		if (n == 1 && isdigit((unsigned char)*name))
			to[n++] = 'n';
		else if (n > 1 && hyphen && isalpha((unsigned char)*name))
			to[n++] = '-';
		hyphen = false;
		to[n++] = (char)tolower((unsigned char)*name);
	}
	to[n] = '\0';
	if (n == 1)
		memcpy(to, "%unnamed", sizeof("%unnamed"));
}

/* Many may become one name: the next number is kept with the first of them. */
struct taken {
	const char *name; /* @text, but for a key */
	unsigned int count;
	char text[];
};

static int compare(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void free_tree(void **tree)
{
	tdestroy(*tree, free);
}

static struct taken *find(void **tree, const char *name)
{
	const struct taken key = { .name = name };
	struct taken **found = tfind(&key, tree, compare);

	return found ? *found : NULL;
}

/* A name that *@tree does not have yet, and has from now on; borrowed of it. */
static char *unique(void **tree, const char *name)
{
	char text[MAX_NAME + 16];
	struct taken *first, *new;
	size_t n;

	kebab(name, text);
	n = strlen(text);
	first = find(tree, text);
	while (first && find(tree, text))
		snprintf(text + n, sizeof(text) - n, "-x%u", ++first->count);
	n = strlen(text) + 1;
	new = malloc(sizeof(*new) + n);
	if (!new)
		return NULL;
	memcpy(new->text, text, n);
	new->name = new->text;
	new->count = 1;
	if (!tsearch(new, tree, compare)) {
		free(new);
		return NULL;
	}
	return new->text;
}

/* ---- types */

static int needed(struct writer *w, uint32_t id, const char *name);

static const char *number(uint32_t bytes, bool is_signed)
{
	switch (bytes) {
	case 1: return is_signed ? "s8" : "u8";
	case 2: return is_signed ? "s16" : "u16";
	case 4: return is_signed ? "s32" : "u32";
	case 8: return is_signed ? "s64" : "u64";
	case 16: return "tuple<u64, u64>";
	default: return "list<u8>";
	}
}

static uint32_t bytes_of_bits(uint32_t bits)
{
	return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
}

/* @bits: of a bit field, else 0. */
static const char *int_type(const struct btf_type *t, uint32_t bits)
{
	const uint8_t encoding = btf_int_encoding(t);

	if (encoding & BTF_INT_BOOL && (bits == 1 || t->size == 1))
		return "bool";
	return number(bits ? bytes_of_bits(bits) : t->size,
		      encoding & BTF_INT_SIGNED);
}

static bool is_enum(const struct btf_type *t)
{
	return btf_is_any_enum(t) && t->name_off && btf_vlen(t);
}

/* Bytes of it are text rather than numbers. */
static bool is_text(const struct writer *w, uint32_t id)
{
	const struct btf_type *t = eu_btf_resolve(w->btf, id, NULL);

	return t && btf_is_int(t) && t->size == 1 &&
	       !strcmp(text(w, t->name_off), "char");
}

/* Of a member; what it is made of is written already. */
static int put_type(struct writer *w, uint32_t id, uint32_t bits, int depth)
{
	const struct btf_type *t = eu_btf_resolve(w->btf, id, &id);
	int r;

	if (!t || depth == MAX_DEPTH)
		return -EINVAL;
	if (w->names[id]) {
		eu_buf_puts(w->out, w->names[id]);
		return 0;
	}
	switch (btf_kind(t)) {
	case BTF_KIND_INT: eu_buf_puts(w->out, int_type(t, bits)); return 0;
	case BTF_KIND_FLOAT:
		eu_buf_puts(w->out, t->size == 4 ? "f32" :
				    t->size == 8 ? "f64" :
						   "list<u8>");
		return 0;
	case BTF_KIND_PTR:
		eu_buf_puts(w->out,
			    btf__pointer_size(w->btf) == 4 ? "u32" : "u64");
		return 0;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		eu_buf_puts(w->out, number(bits ? bytes_of_bits(bits) : t->size,
					   btf_kflag(t)));
		return 0;
	case BTF_KIND_ARRAY:
		if (is_text(w, btf_array(t)->type)) {
			eu_buf_puts(w->out, "list<u8>");
			return 0;
		}
		eu_buf_puts(w->out, "list<");
		r = put_type(w, btf_array(t)->type, 0, depth + 1);
		eu_buf_putc(w->out, '>');
		return r;
	case BTF_KIND_UNION: eu_buf_puts(w->out, "list<u8>"); return 0;
	default: return -EINVAL;
	}
}

static int put_enum(struct writer *w, const struct btf_type *t, const char *name)
{
	EU_CLEANUP(free_tree) void *taken = NULL;
	const char *one;

	eu_buf_printf(w->out, "\tenum %s {\n", name);
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		one = unique(&taken, text(w, btf_is_enum(t) ?
						     btf_enum(t)[i].name_off :
						     btf_enum64(t)[i].name_off));
		if (!one)
			return eu_error_oom(w->err);
		/* Before it: what stands behind is taken for the next. */
		eu_buf_puts(w->out, "\t\t/// ");
		if (btf_is_enum(t) && btf_kflag(t))
			eu_buf_printf(w->out, "%d", btf_enum(t)[i].val);
		else if (btf_is_enum(t))
			eu_buf_printf(w->out, "%u", btf_enum(t)[i].val);
		else if (btf_kflag(t))
			eu_buf_printf(
				w->out, "%lld",
				(long long)btf_enum64_value(btf_enum64(t) + i));
		else
			eu_buf_printf(w->out, "%llu",
				      (unsigned long long)btf_enum64_value(
					      btf_enum64(t) + i));
		eu_buf_printf(w->out, "\n\t\t%s,\n", one);
	}
	eu_buf_puts(w->out, "\t}\n\n");
	return 0;
}

/* Members of an anonymous struct stand in its place, as in C. */
static const struct btf_type *in_place(const struct writer *w,
				       const struct btf_member *m)
{
	const struct btf_type *t = eu_btf_resolve(w->btf, m->type, NULL);

	return !m->name_off && t && btf_is_struct(t) && !t->name_off ? t : NULL;
}

static int put_field(struct writer *w, const struct btf_type *t, uint32_t i,
		     uint32_t base, void **taken)
{
	const struct btf_member *m = &btf_members(t)[i];
	const uint32_t at = base + btf_member_bit_offset(t, i);
	const uint32_t bits = btf_member_bitfield_size(t, i);
	char unnamed[32];
	const char *name = text(w, m->name_off);
	int r;

	if (!*name) {
		snprintf(unnamed, sizeof(unnamed), "unnamed%u", at / 8);
		name = unnamed;
	}
	name = unique(taken, name);
	if (!name)
		return eu_error_oom(w->err);
	eu_buf_printf(w->out, "\t\t/// at %u", at / 8);
	if (bits)
		eu_buf_printf(w->out, ", %u bits from %u", bits, at % 8);
	eu_buf_printf(w->out, "\n\t\t%s: ", name);
	r = put_type(w, m->type, bits, 0);
	if (r)
		return cannot(w, text(w, t->name_off),
			      "has a member without values");
	eu_buf_puts(w->out, ",\n");
	return w->out->error;
}

/* @base: bits from the start of the outermost. */
static int put_fields(struct writer *w, const struct btf_type *t, uint32_t base,
		      void **taken, int depth)
{
	const struct btf_type *inner;
	int r = 0;

	if (depth == MAX_DEPTH || w->steps > MAX_STEPS)
		return cannot(w, text(w, t->name_off), "is nested too deeply");
	w->steps += 1 + btf_vlen(t);
	for (uint32_t i = 0; i < btf_vlen(t) && !r; i++) {
		inner = in_place(w, &btf_members(t)[i]);
		r = inner ? put_fields(w, inner,
				       base + btf_member_bit_offset(t, i),
				       taken, depth + 1) :
			    put_field(w, t, i, base, taken);
	}
	return r;
}

static bool has_fields(const struct writer *w, const struct btf_type *t, int depth)
{
	const struct btf_type *inner;

	for (uint32_t i = 0; i < btf_vlen(t) && depth < MAX_DEPTH; i++) {
		inner = in_place(w, &btf_members(t)[i]);
		if (!inner || has_fields(w, inner, depth + 1))
			return true;
	}
	return false;
}

/* What the members of @t are made of; @name: for those that have none. */
static int needed_by(struct writer *w, const struct btf_type *t, const char *name)
{
	const struct btf_member *m = btf_members(t);
	char inner[MAX_NAME];
	int r = 0;

	if (w->depth == MAX_DEPTH || w->steps > MAX_STEPS)
		return cannot(w, t->name_off ? text(w, t->name_off) : name,
			      "is nested too deeply");
	w->steps += 1 + btf_vlen(t);
	w->depth++;
	for (uint32_t i = 0; i < btf_vlen(t) && !r; i++) {
		snprintf(inner, sizeof(inner), "%.120s-%.120s", name,
			 text(w, m[i].name_off));
		if (in_place(w, &m[i]))
			r = needed_by(w, eu_btf_resolve(w->btf, m[i].type, NULL),
				      name);
		else
			r = needed(w, m[i].type, inner);
	}
	w->depth--;
	return r;
}

static int put_record(struct writer *w, const struct btf_type *t, const char *name)
{
	EU_CLEANUP(free_tree) void *taken = NULL;
	int r;

	eu_buf_printf(w->out, "\t/// %u bytes\n", t->size);
	if (btf_is_union(t) || !has_fields(w, t, 0)) {
		eu_buf_printf(w->out, "\ttype %s = list<u8>;\n\n", name);
		return 0;
	}
	eu_buf_printf(w->out, "\trecord %s {\n", name);
	r = put_fields(w, t, 0, &taken, 0);
	eu_buf_puts(w->out, "\t}\n\n");
	return r;
}

/* Types by value first. An anonymous struct gets @name. */
static int needed(struct writer *w, uint32_t id, const char *name)
{
	const struct btf_type *t = eu_btf_resolve(w->btf, id, &id);
	char *own;
	int r = 0;

	for (int i = 0; t && btf_is_array(t) && i < MAX_DEPTH; i++)
		t = eu_btf_resolve(w->btf, btf_array(t)->type, &id);
	if (!t)
		return cannot(w, name, "has a member without values");
	if (w->names[id] || !(btf_is_composite(t) || is_enum(t)) ||
	    (btf_is_union(t) && !t->name_off))
		return 0;
	own = unique(&w->taken, t->name_off ? text(w, t->name_off) : name);
	if (!own)
		return eu_error_oom(w->err);
	if (is_enum(t)) {
		r = put_enum(w, t, own);
	} else {
		/* One in itself is seen by its depth. */
		if (btf_is_struct(t))
			r = needed_by(w, t, own + 1);
		if (!r)
			r = put_record(w, t, own);
	}
	w->names[id] = own;
	return r;
}

static int put_all(struct writer *w)
{
	const uint32_t n = btf__type_cnt(w->btf);
	const struct btf_type *t;
	int r = 0;

	for (uint32_t id = 1; id < n && !r; id++) {
		t = btf__type_by_id(w->btf, id);
		if (t->name_off && (btf_is_composite(t) || is_enum(t)))
			r = needed(w, id, "");
	}
	return r;
}

int eu_wit_write(const struct eu_package *pkg, struct eu_buf *out,
		 struct eu_error *err)
{
	struct writer w = { .btf = pkg->btf, .out = out, .err = err };
	char name[MAX_NAME];
	int r = 0;

	kebab(pkg->name ?: "", name);
	eu_buf_printf(out,
		      "// Made by \"wasm-bpftool btf dump\": changes will be lost.\n"
		      "package bpf:%s;\n\ninterface types {\n",
		      name);
	if (pkg->btf) {
		w.names = calloc(btf__type_cnt(pkg->btf), sizeof(*w.names));
		r = w.names ? put_all(&w) : eu_error_oom(err);
	}
	eu_buf_puts(out, "}\n\nworld guest {\n\timport types;\n}\n");
	/* The names belong to the tree. */
	free(w.names);
	tdestroy(w.taken, free);
	return r ? r : out->error ? eu_error_oom(err) : 0;
}
