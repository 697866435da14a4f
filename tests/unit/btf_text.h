/* SPDX-License-Identifier: MIT */
#ifndef BTF_TEXT_H
#define BTF_TEXT_H

/*
 * BTF written by hand and read by eye: a line for each type, whose id is the
 * line's number. "-" is no name. A member is NAME:TYPE@BIT or, a bit field,
 * NAME:TYPE@BIT/BITS.
 *
 *	int NAME BYTES, float NAME BYTES
 *	ptr TYPE, const TYPE, volatile TYPE, restrict TYPE, tag NAME TYPE
 *	typedef NAME TYPE, array TYPE COUNT, fwd NAME, func NAME TYPE
 *	struct NAME BYTES [MEMBER…], union NAME BYTES [MEMBER…]
 *	enum NAME BYTES [NAME=VALUE…], enum64 NAME BYTES [NAME=VALUE…]
 *	proto RETURNED [TYPE…]
 */

#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Up to 64 words of a line, which is cut up. The rest are "". */
static inline size_t text_words(char *line, const char *words[64])
{
	size_t n = 0;
	char *w;

	while (n < 64 && (w = strsep(&line, " \t"))) {
		if (*w)
			words[n++] = w;
	}
	for (size_t i = n; i < 64; i++)
		words[i] = "";
	return n;
}

static inline int text_number(const char *w)
{
	return (int)strtol(w, NULL, 10);
}

static inline const char *text_name(const char *w)
{
	return strcmp(w, "-") ? w : "";
}

/* Cuts "x:y" and returns y. */
static inline char *text_cut(char *w, char at)
{
	char *p = strchr(w, at);

	if (!p)
		abort();
	*p = '\0';
	return p + 1;
}

static inline void text_member(struct btf *btf, const char *word)
{
	char *w = strdup(word), *type = text_cut(w, ':');
	char *bit = text_cut(type, '@'), *bits = strchr(bit, '/');

	if (btf__add_field(btf, text_name(w), text_number(type),
			   text_number(bit), bits ? text_number(bits + 1) : 0))
		abort();
	free(w);
}

static inline void text_value(struct btf *btf, const char *word, bool wide)
{
	char *w = strdup(word), *value = text_cut(w, '=');

	if (wide ? btf__add_enum64_value(btf, w, strtoull(value, NULL, 0)) :
		   btf__add_enum_value(btf, w, strtoll(value, NULL, 0)))
		abort();
	free(w);
}

static inline int text_composite(struct btf *btf, const char *w[], size_t n)
{
	int id = !strcmp(w[0], "struct") ?
			 btf__add_struct(btf, text_name(w[1]), text_number(w[2])) :
			 btf__add_union(btf, text_name(w[1]), text_number(w[2]));

	for (size_t i = 3; i < n; i++)
		text_member(btf, w[i]);
	return id;
}

static inline int text_enum(struct btf *btf, const char *w[], size_t n)
{
	bool wide = !strcmp(w[0], "enum64");
	int id = wide ? btf__add_enum64(btf, text_name(w[1]), text_number(w[2]),
					false) :
			btf__add_enum(btf, text_name(w[1]), text_number(w[2]));

	for (size_t i = 3; i < n; i++)
		text_value(btf, w[i], wide);
	return id;
}

static inline int text_proto(struct btf *btf, const char *w[], size_t n)
{
	int id = btf__add_func_proto(btf, text_number(w[1]));

	for (size_t i = 2; i < n; i++) {
		if (btf__add_func_param(btf, "", text_number(w[i])))
			abort();
	}
	return id;
}

static inline int text_type(struct btf *btf, const char *w[], size_t n)
{
	const char *k = w[0], *name = text_name(w[1]);

	if (!strcmp(k, "int"))
		return btf__add_int(btf, name, text_number(w[2]), BTF_INT_SIGNED);
	if (!strcmp(k, "float"))
		return btf__add_float(btf, name, text_number(w[2]));
	if (!strcmp(k, "ptr"))
		return btf__add_ptr(btf, text_number(w[1]));
	if (!strcmp(k, "const"))
		return btf__add_const(btf, text_number(w[1]));
	if (!strcmp(k, "volatile"))
		return btf__add_volatile(btf, text_number(w[1]));
	if (!strcmp(k, "restrict"))
		return btf__add_restrict(btf, text_number(w[1]));
	if (!strcmp(k, "tag"))
		return btf__add_type_tag(btf, name, text_number(w[2]));
	if (!strcmp(k, "typedef"))
		return btf__add_typedef(btf, name, text_number(w[2]));
	if (!strcmp(k, "array"))
		return btf__add_array(btf, 1, text_number(w[1]),
				      text_number(w[2]));
	if (!strcmp(k, "fwd"))
		return btf__add_fwd(btf, name, BTF_FWD_STRUCT);
	if (!strcmp(k, "func"))
		return btf__add_func(btf, name, BTF_FUNC_STATIC,
				     text_number(w[2]));
	if (!strcmp(k, "struct") || !strcmp(k, "union"))
		return text_composite(btf, w, n);
	if (!strcmp(k, "enum") || !strcmp(k, "enum64"))
		return text_enum(btf, w, n);
	return text_proto(btf, w, n);
}

/* @base may be NULL; ids then go on behind it. */
static inline struct btf *text_to_btf(const char *text, struct btf *base)
{
	struct btf *btf = base ? btf__new_empty_split(base) : btf__new_empty();
	char *copy = strdup(text), *rest = copy, *line;
	const char *words[64];
	size_t n;

	/* A BPF object's, whatever pointers are here. */
	btf__set_pointer_size(btf, 8);
	while ((line = strsep(&rest, "\n"))) {
		n = text_words(line, words);
		if (n && text_type(btf, words, n) < 0)
			abort();
	}
	free(copy);
	return btf;
}

static inline void text_put_name(struct eu_buf *b, const struct btf *btf,
				 __u32 off)
{
	const char *s = btf__name_by_offset(btf, off);

	eu_buf_printf(b, " %s", *s ? s : "-");
}

static inline void text_put_members(struct eu_buf *b, const struct btf *btf,
				    const struct btf_type *t)
{
	const struct btf_member *m = btf_members(t);
	__u32 bits;

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		bits = btf_member_bitfield_size(t, i);
		text_put_name(b, btf, m->name_off);
		eu_buf_printf(b, ":%u@%u", m->type, btf_member_bit_offset(t, i));
		if (bits)
			eu_buf_printf(b, "/%u", bits);
	}
}

static inline void text_put_values(struct eu_buf *b, const struct btf *btf,
				   const struct btf_type *t)
{
	for (int i = 0; i < btf_vlen(t); i++) {
		text_put_name(b, btf,
			      btf_is_enum(t) ? btf_enum(t)[i].name_off :
					       btf_enum64(t)[i].name_off);
		if (btf_is_enum(t))
			eu_buf_printf(b, "=%d", btf_enum(t)[i].val);
		else
			eu_buf_printf(b, "=%llu",
				      (unsigned long long)btf_enum64_value(
					      btf_enum64(t) + i));
	}
}

static inline void text_put_params(struct eu_buf *b, const struct btf_type *t)
{
	eu_buf_printf(b, " %u", t->type);
	for (int i = 0; i < btf_vlen(t); i++)
		eu_buf_printf(b, " %u", btf_params(t)[i].type);
}

static inline void text_put_type(struct eu_buf *b, const struct btf *btf,
				 const struct btf_type *t)
{
	static const char *const kinds[] = {
		"void",	   "int",      "ptr",  "array",	  "struct",
		"union",   "enum",     "fwd",  "typedef", "volatile",
		"const",   "restrict", "func", "proto",	  "var",
		"datasec", "float",    "decl", "tag",	  "enum64",
	};

	eu_buf_puts(b, kinds[btf_kind(t)]);
	if (t->name_off || btf_is_composite(t) || btf_is_any_enum(t))
		text_put_name(b, btf, t->name_off);
	if (btf_is_mod(t) || btf_is_typedef(t) || btf_is_ptr(t))
		eu_buf_printf(b, " %u", t->type);
	else if (btf_is_array(t))
		eu_buf_printf(b, " %u %u", btf_array(t)->type,
			      btf_array(t)->nelems);
	else if (btf_is_func_proto(t))
		text_put_params(b, t);
	else if (!btf_is_fwd(t))
		eu_buf_printf(b, " %u", t->size);
	if (btf_is_composite(t))
		text_put_members(b, btf, t);
	else if (btf_is_any_enum(t))
		text_put_values(b, btf, t);
	eu_buf_putc(b, '\n');
}

/* To be freed. */
static inline char *text_from_btf(const struct btf *btf)
{
	struct eu_buf b = EU_BUF(1 << 20);

	for (__u32 id = 1; id < btf__type_cnt(btf); id++)
		text_put_type(&b, btf, btf__type_by_id(btf, id));
	return eu_buf_take(&b, NULL);
}

#endif
