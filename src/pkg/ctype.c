/* SPDX-License-Identifier: MIT */
#include "pkg/ctype.h"

#include <errno.h>
#include <string.h>

/* Small: a broken type must not multiply its way to minutes of work. */
enum { MAX_TEXT = 512, MAX_STEPS = 64, MAX_DEPTH = 2 };

static void format(const struct btf *btf, uint32_t id, struct eu_buf *out,
		   int depth);

/* Puts @s in front. */
static void prepend(struct eu_buf *b, const char *s)
{
	size_t n = strlen(s);

	if (!eu_buf_room(b, n))
		return;
	memmove(b->data + n, b->data, b->len);
	memcpy(b->data, s, n);
	b->len += n;
}

/* A pointer's star binds looser than the [] or () that follows it. */
static void suffix(struct eu_buf *decl)
{
	if (decl->len && decl->data[0] == '*') {
		prepend(decl, "(");
		eu_buf_putc(decl, ')');
	}
}

static void params(const struct btf *btf, const struct btf_type *t,
		   struct eu_buf *decl, int depth)
{
	const struct btf_param *p = btf_params(t);

	eu_buf_putc(decl, '(');
	for (uint32_t i = 0; i < btf_vlen(t) && !decl->error; i++) {
		if (i)
			eu_buf_puts(decl, ", ");
		if (!p[i].type)
			eu_buf_puts(decl, "...");
		else if (depth >= MAX_DEPTH)
			eu_buf_putc(decl, '?');
		else
			format(btf, p[i].type, decl, depth + 1);
	}
	if (!btf_vlen(t))
		eu_buf_puts(decl, "void");
	eu_buf_putc(decl, ')');
}

/* What stands before the declarator: "unsigned int", "struct event". */
static void base(const struct btf *btf, const struct btf_type *t,
		 struct eu_buf *out)
{
	const char *name = btf__name_by_offset(btf, t->name_off) ?: "";
	const char *tag = "";

	if (btf_is_struct(t) || (btf_is_fwd(t) && !btf_kflag(t)))
		tag = "struct ";
	else if (btf_is_union(t) || btf_is_fwd(t))
		tag = "union ";
	else if (btf_is_any_enum(t))
		tag = "enum ";
	eu_buf_puts(out, tag);
	eu_buf_puts(out, *name ? name : *tag ? "{...}" : "?");
}

/* One step towards the base type; 0 at its end. */
static bool step(const struct btf *btf, const struct btf_type *t,
		 struct eu_buf *decl, uint32_t *id, int depth)
{
	if (btf_is_mod(t)) {
		*id = t->type;
		return true;
	}
	if (btf_is_ptr(t)) {
		prepend(decl, "*");
		*id = t->type;
		return true;
	}
	if (btf_is_array(t)) {
		suffix(decl);
		eu_buf_printf(decl, "[%u]", btf_array(t)->nelems);
		*id = btf_array(t)->type;
		return true;
	}
	if (btf_is_func_proto(t)) {
		suffix(decl);
		params(btf, t, decl, depth);
		*id = t->type;
		return true;
	}
	return false;
}

static void format(const struct btf *btf, uint32_t id, struct eu_buf *out,
		   int depth)
{
	eu_auto_buf struct eu_buf decl = EU_BUF(MAX_TEXT);
	const struct btf_type *t = NULL;
	int i;

	for (i = 0; i < MAX_STEPS && id; i++) {
		t = btf__type_by_id(btf, id);
		if (!t || !step(btf, t, &decl, &id, depth))
			break;
	}
	if (decl.error == -ENOMEM)
		out->error = -ENOMEM;
	if (!id)
		eu_buf_puts(out, "void");
	else if (!t || i == MAX_STEPS || decl.error)
		eu_buf_putc(out, '?');
	else
		base(btf, t, out);
	if (decl.error || i == MAX_STEPS)
		return;
	if (decl.len && decl.data[0] != '[')
		eu_buf_putc(out, ' ');
	eu_buf_put(out, decl.data, decl.len);
}

void eu_ctype_format(const struct btf *btf, uint32_t type_id, struct eu_buf *out)
{
	format(btf, type_id, out, 0);
}

char *eu_ctype_string(const struct btf *btf, uint32_t type_id)
{
	eu_auto_buf struct eu_buf b = EU_BUF(MAX_TEXT * 2);

	eu_ctype_format(btf, type_id, &b);
	if (b.error == -E2BIG)
		return strdup("?");
	return eu_buf_take(&b, NULL);
}
