/* SPDX-License-Identifier: MIT */
#include "btf/pick.h"

#include <errno.h>

/* Enough for any object seen; more would be no gain over the whole BTF. */
enum { MAX_ITEMS = 1 << 14 };

enum {
	FIELD = EU_DEPTH_FIELD,
	SHAPE = EU_DEPTH_SHAPE,
	MATCH = EU_DEPTH_MATCH,
	BEHIND = EU_DEPTH_BEHIND,
	VALUE = EU_DEPTH_VALUE,
	ALL = FIELD | SHAPE | MATCH | BEHIND | VALUE,
};

/*
 * How deep a relocation goes on from a type to those it is made of: the depths
 * that reach them, and those that turn into BEHIND on the way. What is not
 * here cannot be a part of a value's type.
 */
static const struct rule {
	bool known;
	bool refers; /* to the type of its first 12 bytes */
	uint8_t pass;
	uint8_t behind;
} rules[EU_BTF_KINDS] = {
	[BTF_KIND_INT] = { true },
	[BTF_KIND_FLOAT] = { true },
	[BTF_KIND_FWD] = { true },
	[BTF_KIND_ENUM] = { true },
	[BTF_KIND_ENUM64] = { true },
	[BTF_KIND_TYPEDEF] = { true, true, .pass = ALL },
	[BTF_KIND_VOLATILE] = { true, true, .pass = ALL },
	[BTF_KIND_CONST] = { true, true, .pass = ALL },
	[BTF_KIND_RESTRICT] = { true, true, .pass = ALL },
	[BTF_KIND_TYPE_TAG] = { true, true, .pass = ALL },
	[BTF_KIND_ARRAY] = { true, .pass = ALL },
	[BTF_KIND_STRUCT] = { true, .pass = FIELD | MATCH },
	[BTF_KIND_UNION] = { true, .pass = FIELD | MATCH },
	[BTF_KIND_PTR] = { true, true, .pass = SHAPE | BEHIND, .behind = MATCH },
	[BTF_KIND_FUNC_PROTO] = { true, true, .pass = SHAPE | MATCH | BEHIND },
};

void eu_pick_done(struct eu_pick *p)
{
	if (!p)
		return;
	free(p->items);
	free(p->todo);
	*p = (struct eu_pick){ 0 };
}

/* The first item of an id not below @id. */
static size_t position(const struct eu_pick *p, uint32_t id)
{
	size_t lo = 0, hi = p->n, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (p->items[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_picked(const struct eu_pick *p, size_t pos, uint32_t id)
{
	return pos < p->n && p->items[pos].id == id;
}

int eu_pick_add(struct eu_pick *p, uint32_t id, uint8_t depth)
{
	size_t pos = position(p, id);
	int r;

	if (!id || !depth)
		return 0;
	if (!is_picked(p, pos, id)) {
		r = eu_array_grow(&p->items, p->n, sizeof(*p->items), MAX_ITEMS);
		if (r)
			return r;
		memmove(p->items + pos + 1, p->items + pos,
			(p->n++ - pos) * sizeof(*p->items));
		p->items[pos] = (struct eu_pick_item){ .id = id };
	}
	if (!(depth & ~p->items[pos].depth))
		return 0;
	/* At most once for each bit, so there is an end. */
	r = eu_array_grow(&p->todo, p->n_todo, sizeof(*p->todo),
			  (size_t)MAX_ITEMS * 8);
	if (r)
		return r;
	p->items[pos].depth |= depth;
	p->todo[p->n_todo++] = id;
	return 0;
}

static bool is_composite(uint32_t kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* Whether a relocation would look at a member or enumerator of this name. */
static bool is_wanted(const struct eu_pick *p, const char *name)
{
	const struct eu_wanted_name *n;

	if (!*name || !p->wanted)
		return true;
	n = eu_wanted_find(p->wanted, name);
	return n && n->member;
}

static int follow_members(struct eu_pick *p, const struct btf_type *t,
			  uint8_t depth)
{
	const struct btf_member *m = (const void *)(t + 1);
	uint32_t n = BTF_INFO_VLEN(t->info);
	const char *name;
	int r = 0;

	for (; n && !r; n--, m++) {
		name = eu_rawbtf_string(p->raw, m->name_off);
		if (!name)
			return eu_rawbtf_error(p->raw);
		if (is_wanted(p, name))
			r = eu_pick_add(p, m->type, depth);
	}
	return r;
}

static int follow_params(struct eu_pick *p, const struct btf_type *t,
			 uint8_t depth)
{
	const struct btf_param *param = (const void *)(t + 1);
	uint32_t n = BTF_INFO_VLEN(t->info);
	int r = eu_pick_add(p, t->type, depth);

	for (; n && !r; n--, param++)
		r = eu_pick_add(p, param->type, depth);
	return r;
}

/* What @t is made of, as deep as relocations that came to @t with @depth go. */
static int follow(struct eu_pick *p, const struct btf_type *t, uint8_t depth)
{
	uint32_t kind = BTF_INFO_KIND(t->info);
	const struct rule *rule = &rules[kind];
	const struct btf_array *array;
	uint8_t next = depth & rule->pass;

	if (!rule->known)
		return -EOPNOTSUPP;
	if (depth & rule->behind)
		next |= BEHIND;
	if (!next)
		return 0;
	if (is_composite(kind))
		return follow_members(p, t, next);
	if (kind == BTF_KIND_FUNC_PROTO)
		return follow_params(p, t, next);
	if (kind == BTF_KIND_ARRAY) {
		array = (const void *)(t + 1);
		return eu_pick_add(p, array->type, next);
	}
	return eu_pick_add(p, t->type, next);
}

static int pick_failed(uint32_t id, int r, struct eu_error *err)
{
	switch (r) {
	case -ENOMEM: return eu_error_oom(err);
	case -E2BIG:
		return eu_error_set(err, -EOPNOTSUPP,
				    "more than %d types are needed", MAX_ITEMS);
	case -EOPNOTSUPP:
		return eu_error_set(err, r, "type %u is no type of a value", id);
	default: return eu_error_set(err, r, "type %u cannot be read", id);
	}
}

int eu_pick_follow(struct eu_pick *p, struct eu_error *err)
{
	const struct btf_type *t;
	struct eu_pick_item *item;
	uint8_t depth;
	uint32_t id;
	int r;

	while (p->n_todo) {
		id = p->todo[--p->n_todo];
		item = &p->items[position(p, id)];
		depth = item->depth & ~item->done;
		item->done |= depth;
		if (!depth)
			continue;
		t = eu_rawbtf_type(p->raw, id);
		r = t ? follow(p, t, depth) : eu_rawbtf_error(p->raw);
		if (r)
			return pick_failed(id, r, err);
	}
	return 0;
}

struct writer {
	struct eu_pick *p;
	struct eu_buf *types;
	struct eu_buf strings;
	uint8_t depth; /* of the type at hand */
	bool broken;
};

/* Where EU_PICK_UNWANTED stands. */
enum { UNWANTED_OFF = 1, MAX_STRINGS = 64 << 20 };

/* A type's new id; 0, void, if it was left out. */
static uint32_t new_id(const struct writer *w, uint32_t id)
{
	size_t pos = position(w->p, id);

	return is_picked(w->p, pos, id) ? pos + 1 : 0;
}

static uint32_t put_string(struct writer *w, const char *s)
{
	uint32_t off = w->strings.len;

	if (!*s)
		return 0;
	eu_buf_put(&w->strings, s, strlen(s) + 1);
	return off;
}

static uint32_t put_name(struct writer *w, uint32_t name_off)
{
	const char *s = eu_rawbtf_string(w->p->raw, name_off);

	if (!s)
		w->broken = true;
	return s ? put_string(w, s) : 0;
}

/*
 * Whether a member or enumerator stays, under which name. For a match all do,
 * as they are counted; the ones that nobody asked for then share a name.
 */
static bool keep(struct writer *w, uint32_t *name_off, bool last)
{
	const char *s = eu_rawbtf_string(w->p->raw, *name_off);

	if (!s) {
		w->broken = true;
		return false;
	}
	if (is_wanted(w->p, s)) {
		*name_off = put_string(w, s);
		return true;
	}
	*name_off = UNWANTED_OFF;
	return last || w->depth & MATCH || w->depth & BEHIND;
}

static uint32_t put_members(struct writer *w, const struct btf_type *t)
{
	const struct btf_member *from = (const void *)(t + 1);
	uint32_t n = BTF_INFO_VLEN(t->info), kept = 0;
	struct btf_member m;

	if (!(w->depth & (FIELD | MATCH)))
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		m = from[i];
		if (!keep(w, &m.name_off, i == n - 1))
			continue;
		m.type = new_id(w, m.type);
		eu_buf_put(w->types, &m, sizeof(m));
		kept++;
	}
	return kept;
}

static uint32_t put_params(struct writer *w, const struct btf_type *t)
{
	const struct btf_param *from = (const void *)(t + 1);
	uint32_t n = BTF_INFO_VLEN(t->info);
	struct btf_param param = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		param.type = new_id(w, from[i].type);
		eu_buf_put(w->types, &param, sizeof(param));
	}
	return n;
}

/* Enumerators of both kinds start with the name. */
static uint32_t put_values(struct writer *w, const struct btf_type *t, size_t size)
{
	const char *from = (const char *)(t + 1);
	uint32_t n = BTF_INFO_VLEN(t->info), kept = 0;
	struct btf_enum64 v;

	if (!(w->depth & (VALUE | MATCH | BEHIND)))
		return 0;
	for (; n; n--, from += size) {
		memcpy(&v, from, size);
		if (!keep(w, &v.name_off, false))
			continue;
		eu_buf_put(w->types, &v, size);
		kept++;
	}
	return kept;
}

static void put_array(struct writer *w, const struct btf_type *t)
{
	struct btf_array a;

	memcpy(&a, t + 1, sizeof(a));
	a.type = new_id(w, a.type);
	a.index_type = 0;
	eu_buf_put(w->types, &a, sizeof(a));
}

/* All that stands behind the first 12 bytes. Returns how many there are. */
static uint32_t put_rest(struct writer *w, const struct btf_type *t)
{
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
		eu_buf_put(w->types, t + 1, sizeof(uint32_t));
		return 0;
	case BTF_KIND_ARRAY: put_array(w, t); return 0;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: return put_members(w, t);
	case BTF_KIND_ENUM: return put_values(w, t, sizeof(struct btf_enum));
	case BTF_KIND_ENUM64:
		return put_values(w, t, sizeof(struct btf_enum64));
	case BTF_KIND_FUNC_PROTO: return put_params(w, t);
	default: return 0;
	}
}

static void put_type(struct writer *w, const struct btf_type *t)
{
	struct btf_type head = *t;
	size_t at = w->types->len;
	uint32_t kept;

	head.name_off = put_name(w, t->name_off);
	if (rules[BTF_INFO_KIND(t->info)].refers)
		head.type = new_id(w, t->type);
	eu_buf_put(w->types, &head, sizeof(head));
	kept = put_rest(w, t);
	head.info = (head.info & ~0xffffu) | kept;
	if (!w->types->error)
		memcpy(w->types->data + at, &head, sizeof(head));
}

static int put_types(struct writer *w, struct eu_error *err)
{
	const struct btf_type *t;

	for (size_t i = 0; i < w->p->n; i++) {
		w->depth = w->p->items[i].depth;
		t = eu_rawbtf_type(w->p->raw, w->p->items[i].id);
		if (t)
			put_type(w, t);
		if (!t || w->broken)
			return pick_failed(w->p->items[i].id,
					   eu_rawbtf_error(w->p->raw), err);
	}
	return 0;
}

int eu_pick_write(struct eu_pick *p, struct eu_buf *out, struct eu_error *err)
{
	struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(h),
	};
	struct writer w = { .p = p, .types = out, .strings = EU_BUF(MAX_STRINGS) };
	size_t start = out->len;
	int r;

	eu_buf_put(&w.strings, "", 1);
	eu_buf_put(&w.strings, EU_PICK_UNWANTED, sizeof(EU_PICK_UNWANTED));
	eu_buf_put(out, &h, sizeof(h));
	r = put_types(&w, err);
	if (!r) {
		h.type_len = h.str_off = out->len - start - sizeof(h);
		h.str_len = w.strings.len;
		eu_buf_put(out, w.strings.data, w.strings.len);
		r = w.strings.error ?: out->error;
		if (r)
			eu_error_set(err, r, "the picked types are too large");
	}
	if (!r)
		memcpy(out->data + start, &h, sizeof(h));
	else
		out->len = start;
	eu_buf_done(&w.strings);
	return r;
}
