/* SPDX-License-Identifier: MIT */
#include "pkg/notes.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "btf/layout.h"
#include "pkg/image.h"

enum { MAX_NAMES = 16, MAX_TEXT = 64 };

/* An object may hold anything; terminals take only text. */
static void put_text(struct eu_buf *out, const char *s, size_t n)
{
	size_t columns = 0;
	char *end;

	if (!eu_buf_room(out, n * EU_FMT_BYTE))
		return;
	end = eu_fmt_text(out->data + out->len, s, n, &columns);
	out->len = (size_t)(end - out->data);
}

static uint64_t load(const void *p, uint32_t size, bool is_signed)
{
	uint64_t v8 = 0;
	uint32_t v4;
	uint16_t v2;
	uint8_t v1;

	switch (size) {
	case 1: memcpy(&v1, p, 1); return is_signed ? (uint64_t)(int8_t)v1 : v1;
	case 2:
		memcpy(&v2, p, 2);
		return is_signed ? (uint64_t)(int16_t)v2 : v2;
	case 4:
		memcpy(&v4, p, 4);
		return is_signed ? (uint64_t)(int32_t)v4 : v4;
	default: memcpy(&v8, p, 8); return v8;
	}
}

static void put_number(struct eu_buf *out, uint64_t v, bool is_signed)
{
	if (is_signed)
		eu_buf_printf(out, "%lld", (long long)v);
	else
		eu_buf_printf(out, "%llu", (unsigned long long)v);
}

static const char *value_name(const struct btf *btf, const struct btf_type *t,
			      uint32_t i, uint64_t *ret_v)
{
	uint32_t name;

	if (btf_is_enum64(t)) {
		name = btf_enum64(t)[i].name_off;
		*ret_v = btf_enum64_value(&btf_enum64(t)[i]);
	} else {
		name = btf_enum(t)[i].name_off;
		*ret_v = btf_kflag(t) ? (uint64_t)btf_enum(t)[i].val :
					(uint32_t)btf_enum(t)[i].val;
	}
	return btf__name_by_offset(btf, name) ?: "";
}

/* "RED, GREEN or BLUE"; of many the first. */
static void put_names(const struct btf *btf, const struct btf_type *t,
		      struct eu_buf *out)
{
	uint32_t n = btf_vlen(t), shown = eu_min(n, (uint32_t)MAX_NAMES);
	const char *name;
	uint64_t v;

	for (uint32_t i = 0; i < shown; i++) {
		if (i)
			eu_buf_puts(out, i + 1 == n ? " or " : ", ");
		name = value_name(btf, t, i, &v);
		put_text(out, name, strnlen(name, MAX_TEXT));
	}
	if (shown < n)
		eu_buf_puts(out, " …");
}

static void put_enum(const struct btf *btf, const struct btf_type *t,
		     const void *p, struct eu_buf *out)
{
	uint64_t is = load(p, t->size, btf_kflag(t)), v;
	const char *name;

	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		name = value_name(btf, t, i, &v);
		if (v != is)
			continue;
		put_text(out, name, strnlen(name, MAX_TEXT));
		return;
	}
	put_number(out, is, btf_kflag(t));
}

static void put_real(struct eu_buf *out, const void *p, uint32_t size)
{
	char text[EU_FMT_REAL], *end;
	double d = 0;
	float f;

	memcpy(size == sizeof(f) ? (void *)&f : &d, p, size);
	end = eu_fmt_real(text, size == sizeof(f) ? (double)f : d,
			  size == sizeof(f));
	eu_buf_put(out, text, end - text);
}

/* Is an array more than text, such as an address? */
static bool has_format(const struct btf *btf, const struct eu_var *var)
{
	return eu_param_format(btf, var) != EU_FORMAT_NONE;
}

/* The value at @p; nothing for what cannot be set, and for empty text. */
static void put_value(const struct btf *btf, const struct eu_var *var,
		      const void *p, struct eu_buf *out)
{
	const struct btf_type *t = eu_btf_resolve(btf, var->type_id, NULL);
	size_t n;

	if (btf_is_array(t)) {
		n = has_format(btf, var) ? 0 : strnlen(p, var->size);
		if (n && n < var->size && n <= MAX_TEXT)
			put_text(out, p, n);
	} else if (t->size != var->size || t->size > 8) {
		return;
	} else if (btf_is_any_enum(t)) {
		put_enum(btf, t, p, out);
	} else if (btf_is_float(t)) {
		put_real(out, p, t->size);
	} else if (btf_is_int(t) && btf_int_encoding(t) & BTF_INT_BOOL) {
		eu_buf_puts(out, load(p, t->size, false) ? "true" : "false");
	} else if (btf_is_int(t)) {
		put_number(out,
			   load(p, t->size, btf_int_encoding(t) & BTF_INT_SIGNED),
			   btf_int_encoding(t) & BTF_INT_SIGNED);
	}
}

/* Can it be set by text at all? */
static bool is_settable(const struct eu_package *pkg, const struct eu_var *var)
{
	const struct btf_type *t = eu_btf_resolve(pkg->btf, var->type_id, NULL);
	const struct btf_type *e;

	if (!t || !btf_is_array(t))
		return t &&
		       (btf_is_int(t) || btf_is_any_enum(t) || btf_is_float(t));
	e = eu_btf_resolve(pkg->btf, btf_array(t)->type, NULL);
	return e && btf_is_int(e) && e->size == 1;
}

/* Its bytes in the object, copied to @to. */
static bool own_value(const struct eu_image *img, const struct eu_var *var,
		      void *to)
{
	const struct eu_image_section *s;

	s = img ? eu_image_section(img, var->section) : NULL;
	if (!s || (uint64_t)var->offset + var->size > s->size ||
	    (!s->data && s->type != SHT_NOBITS))
		return false;
	if (s->data)
		memcpy(to, (const char *)s->data + var->offset, var->size);
	return true;
}

bool eu_notes_default(const struct eu_package *pkg, const struct eu_image *img,
		      const struct eu_var *var, struct eu_buf *out)
{
	eu_auto_free char *bytes = calloc(1, eu_max(var->size, 8u));

	if (!bytes)
		out->error = -ENOMEM;
	if (!bytes || !pkg->btf || !is_settable(pkg, var) ||
	    (var->def ? eu_param_json(pkg->btf, var, var->def, bytes, NULL) != 0 :
			!own_value(img, var, bytes)))
		return false;
	put_value(pkg->btf, var, bytes, out);
	return true;
}

/* Names of values, and limits that somebody may come to without meaning to. */
static void put_limits(const struct btf *btf, const struct eu_var *var,
		       struct eu_buf *out)
{
	const struct btf_type *t = eu_btf_resolve(btf, var->type_id, NULL);
	int32_t most;

	if (btf_is_any_enum(t)) {
		put_names(btf, t, out);
	} else if (btf_is_array(t)) {
		if (var->size && !has_format(btf, var))
			eu_buf_printf(out, "at most %u bytes", var->size - 1);
	} else if (btf_is_int(t) && t->size <= 2 &&
		   !(btf_int_encoding(t) & BTF_INT_BOOL)) {
		most = (1 << 8 * t->size) - 1;
		if (btf_int_encoding(t) & BTF_INT_SIGNED)
			eu_buf_printf(out, "%d to %d", -(most / 2) - 1, most / 2);
		else
			eu_buf_printf(out, "0 to %d", most);
	}
}

static void put_notes(const struct eu_package *pkg, const struct eu_image *img,
		      const struct eu_var *var, struct eu_buf *out)
{
	eu_auto_buf struct eu_buf value = EU_BUF(4096);
	eu_auto_buf struct eu_buf limits = EU_BUF(16384);

	if (!pkg->btf || !is_settable(pkg, var))
		return;
	put_limits(pkg->btf, var, &limits);
	eu_notes_default(pkg, img, var, &value);
	if (!limits.len && !value.len)
		return;
	eu_buf_puts(out, " (");
	eu_buf_put(out, limits.data, limits.len);
	eu_buf_puts(out, limits.len && value.len ? "; " : "");
	if (value.len)
		eu_buf_puts(out, "default: ");
	eu_buf_put(out, value.data, value.len);
	eu_buf_putc(out, ')');
}

int eu_flags_note(struct eu_flags *f, const struct eu_package *pkg)
{
	eu_auto_image struct eu_image img = { 0 };
	bool readable = !eu_image_init(&img, pkg->object->data,
				       pkg->object->size, NULL);

	for (size_t i = 0; i < f->n; i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(1 << 17);
		struct eu_flag *flag = &f->flag[i];
		char *help;

		if (!f->options[i].help || (flag->fixed && flag->var->def))
			continue;
		eu_buf_puts(&b, flag->help);
		put_notes(pkg, readable ? &img : NULL, flag->var, &b);
		help = eu_buf_take(&b, NULL);
		if (!help)
			return -ENOMEM;
		free(flag->help);
		flag->help = help;
		f->options[i].help = help;
	}
	return 0;
}
