/* SPDX-License-Identifier: MIT */
#include "btf/layout.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "btf/meaning.h"

enum {
	MAX_DEPTH = 32,
	MAX_STEPS = 1 << 16,
};

struct compiler {
	const struct btf *btf;
	struct eu_layout *l;
	struct eu_error *err;
	size_t budget; /* members still to be looked at */
};

const struct btf_type *eu_btf_resolve(const struct btf *btf, uint32_t type_id,
				      uint32_t *ret_id)
{
	const struct btf_type *t = btf__type_by_id(btf, type_id);

	for (int i = 0; t && i < MAX_DEPTH; i++) {
		if (!btf_is_mod(t) && !btf_is_typedef(t)) {
			if (ret_id)
				*ret_id = type_id;
			return t;
		}
		type_id = t->type;
		t = btf__type_by_id(btf, type_id);
	}
	return NULL;
}

const char *eu_btf_name(const struct btf *btf, uint32_t type_id)
{
	const struct btf_type *t = btf__type_by_id(btf, type_id);

	for (int i = 0; t && btf_is_mod(t) && i < MAX_DEPTH; i++)
		t = btf__type_by_id(btf, t->type);
	return t ? btf__name_by_offset(btf, t->name_off) ?: "" : "";
}

const struct eu_enum_value *eu_enum_find(const struct eu_enum *e, int64_t value)
{
	size_t lo = 0, hi = e->n, mid;
	uint64_t guess;

	/* Most count up without a gap. */
	guess = hi ? (uint64_t)value - (uint64_t)e->values[0].value : 0;
	if (guess < hi && e->values[guess].value == value)
		return &e->values[guess];
	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (e->values[mid].value == value)
			return &e->values[mid];
		if (e->values[mid].value < value)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/*
 * Names reach terminals and JSON as they are. "unsigned int" is one; so is the
 * lack of one.
 */
static bool is_name(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("_ .$", *s))
			return false;
	return true;
}

static int by_value(const void *a, const void *b)
{
	const struct eu_enum_value *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

static int64_t enum_value(const struct btf_type *t, uint32_t i)
{
	const struct btf_enum64 *e;

	if (btf_is_enum64(t)) {
		e = btf_enum64(t) + i;
		return (uint64_t)e->val_hi32 << 32 | e->val_lo32;
	}
	if (btf_kflag(t))
		return btf_enum(t)[i].val;
	return (uint32_t)btf_enum(t)[i].val;
}

static int add_enum(struct compiler *c, uint32_t id, const struct btf_type *t,
		    uint32_t *ret)
{
	struct eu_layout *l = c->l;
	struct eu_enum *e;
	int r;

	for (*ret = 0; *ret < l->n_enums; (*ret)++)
		if (l->enums[*ret].type_id == id)
			return 0;
	r = eu_array_grow(&l->enums, l->n_enums, sizeof(*e), MAX_STEPS);
	if (r)
		return eu_error_grow(c->err, r, MAX_STEPS, "enums");
	e = &l->enums[l->n_enums];
	*e = (struct eu_enum){ .type_id = id,
			       .n = btf_vlen(t),
			       .is_signed = btf_kflag(t) };
	e->values = calloc(e->n ?: 1, sizeof(*e->values));
	if (!e->values)
		return eu_error_oom(c->err);
	l->n_enums++;
	for (uint32_t i = 0; i < e->n; i++) {
		e->values[i].value = enum_value(t, i);
		e->values[i].name = btf__name_by_offset(c->btf,
			btf_is_enum64(t) ? btf_enum64(t)[i].name_off :
			btf_enum(t)[i].name_off) ?: "";
		e->values[i].len = strlen(e->values[i].name);
		e->longest = eu_max(e->longest, e->values[i].len);
		if (!is_name(e->values[i].name))
			return eu_error_set(
				c->err, -EINVAL,
				"type '%s': has a value whose name is none",
				l->name);
	}
	qsort(e->values, e->n, sizeof(*e->values), by_value);
	return 0;
}

/* @n steps in a row; their contents are zero. */
static int add_steps(struct compiler *c, size_t n, uint32_t *ret)
{
	struct eu_layout *l = c->l;

	*ret = l->n_steps;
	for (size_t i = 0; i < n; i++) {
		int r = eu_array_grow(&l->steps, l->n_steps, sizeof(*l->steps),
				      MAX_STEPS);

		if (r)
			return eu_error_prefix(
				c->err,
				eu_error_grow(c->err, r, MAX_STEPS, "members"),
				"type '%s'", l->name);
		memset(&l->steps[l->n_steps++], 0, sizeof(*l->steps));
	}
	return 0;
}

static int no_value(struct compiler *c, const char *what)
{
	return eu_error_set(c->err, -EINVAL, "type '%s': %s", c->l->name, what);
}

static bool is_word(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static int scalar_kind(const struct btf_type *t)
{
	unsigned int enc;

	if (btf_is_ptr(t))
		return EU_STEP_POINTER;
	if (btf_is_any_enum(t))
		return is_word(t->size) ? EU_STEP_ENUM : EU_STEP_BYTES;
	if (btf_is_float(t))
		return t->size == 4 || t->size == 8 ? EU_STEP_FLOAT :
						      EU_STEP_BYTES;
	if (!btf_is_int(t))
		return -1;
	enc = btf_int_encoding(t);
	if (t->size == 16)
		return enc & BTF_INT_SIGNED ? EU_STEP_INT128 : EU_STEP_UINT128;
	if (!is_word(t->size))
		return EU_STEP_BYTES;
	if (enc & BTF_INT_BOOL)
		return EU_STEP_BOOL;
	return enc & BTF_INT_SIGNED ? EU_STEP_INT : EU_STEP_UINT;
}

static int compile(struct compiler *c, uint32_t at, uint32_t type_id, int depth);

/* Element type and number of an array of arrays stay nested, as BTF has them. */
static int compile_array(struct compiler *c, uint32_t at,
			 const struct btf_type *t, int depth)
{
	const struct btf_array *a = btf_array(t);
	const struct btf_type *e = eu_btf_resolve(c->btf, a->type, NULL);
	long long size = btf__resolve_size(c->btf, a->type);
	uint32_t child, bytes;
	int r;

	if (!e || size < 0 ||
	    __builtin_mul_overflow((uint32_t)size, a->nelems, &bytes))
		return no_value(c, "broken array");
	c->l->steps[at].size = bytes;
	if (btf_is_int(e) && e->size == 1 &&
	    !strcmp(btf__name_by_offset(c->btf, e->name_off) ?: "", "char")) {
		c->l->steps[at].kind = EU_STEP_STRING;
		return 0;
	}
	r = add_steps(c, 1, &child);
	if (r)
		return r;
	c->l->steps[child].name = "";
	c->l->steps[at].kind = EU_STEP_ARRAY;
	c->l->steps[at].count = a->nelems;
	c->l->steps[at].child = child;
	return compile(c, child, a->type, depth + 1);
}

/* Is the member an anonymous struct or union? */
static const struct btf_type *anonymous(const struct compiler *c,
					const struct btf_member *m)
{
	const struct btf_type *t;

	if (m->name_off)
		return NULL;
	t = eu_btf_resolve(c->btf, m->type, NULL);
	return t && btf_is_composite(t) ? t : NULL;
}

static size_t count_members(struct compiler *c, const struct btf_type *t,
			    int depth)
{
	const struct btf_member *m = btf_members(t);
	const struct btf_type *inner;
	size_t n = 0;

	for (uint32_t i = 0; i < btf_vlen(t) && c->budget; i++) {
		c->budget--;
		inner = depth < MAX_DEPTH ? anonymous(c, &m[i]) : NULL;
		n += inner ? count_members(c, inner, depth + 1) : 1;
	}
	return n;
}

/* Can a value of that kind and size mean that? */
static bool fits(const struct eu_step *s, const struct eu_layout *l,
		 enum eu_format format)
{
	const struct eu_step *e = s->kind == EU_STEP_ARRAY ? &l->steps[s->child] :
							     NULL;
	bool number = s->kind == EU_STEP_UINT || s->kind == EU_STEP_INT ||
		      s->kind == EU_STEP_POINTER || s->kind == EU_STEP_BITS ||
		      s->kind == EU_STEP_SBITS || s->kind == EU_STEP_ENUM;

	switch (format) {
	case EU_FORMAT_NONE: return true;
	case EU_FORMAT_IPV4: return s->size == 4 && !s->bit_size && !s->rest;
	case EU_FORMAT_IPV6: return s->size == 16 && !s->rest;
	case EU_FORMAT_MAC: return s->size == 6 && e && e->size == 1;
	case EU_FORMAT_PORT: return s->size == 2 && number && !s->bit_size;
	case EU_FORMAT_HEX:
		return number || s->kind == EU_STEP_STRING ||
		       s->kind == EU_STEP_BYTES || (e && e->size == 1);
	default: return number;
	}
}

/* A bit field's bytes are those that it touches, at most nine, usually four. */
static int bit_field(struct compiler *c, struct eu_step *s, uint32_t bit_off,
		     uint32_t bits)
{
	if (bits > 64 || (bit_off & 7) + bits > 64)
		return no_value(c, "bit field over more than eight bytes");
	if (s->kind != EU_STEP_ENUM && s->kind != EU_STEP_BOOL)
		s->kind = s->kind == EU_STEP_INT ? EU_STEP_SBITS : EU_STEP_BITS;
	s->offset = bit_off / 8;
	s->bit_offset = bit_off & 7;
	s->bit_size = bits;
	s->size = ((bit_off & 7) + bits + 7) / 8;
	return 0;
}

/* @base: where @t starts in the outermost struct, which has @limit bytes. */
static int compile_members(struct compiler *c, const struct btf_type *t,
			   uint32_t base, uint32_t limit, uint32_t *next,
			   int depth)
{
	const struct btf_member *m = btf_members(t);
	const struct btf_type *inner;
	uint32_t bit_off, bits, at;
	int r;

	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		if (__builtin_add_overflow(btf_member_bit_offset(t, i),
					   base * 8, &bit_off))
			return no_value(c, "offset out of range");
		bits = btf_member_bitfield_size(t, i);
		inner = depth < MAX_DEPTH ? anonymous(c, &m[i]) : NULL;
		if (inner) {
			r = compile_members(c, inner, bit_off / 8, limit, next,
					    depth + 1);
			if (r)
				return r;
			continue;
		}
		if (!is_name(btf__name_by_offset(c->btf, m[i].name_off) ?: ""))
			return no_value(c, "has a member whose name is none");
		at = (*next)++;
		c->l->steps[at].name =
			btf__name_by_offset(c->btf, m[i].name_off) ?: "";
		c->l->steps[at].offset = bit_off / 8;
		r = compile(c, at, m[i].type, depth + 1);
		if (!r && bits)
			r = bit_field(c, &c->l->steps[at], bit_off, bits);
		if (!r && !fits(&c->l->steps[at], c->l, c->l->steps[at].format))
			c->l->steps[at].format = EU_FORMAT_NONE;
		if (!r && (uint64_t)c->l->steps[at].offset + c->l->steps[at].size >
				  limit)
			r = no_value(c, "has a member outside of it");
		if (r)
			return r;
	}
	return 0;
}

static int compile_struct(struct compiler *c, uint32_t at,
			  const struct btf_type *t, int depth)
{
	uint32_t first, next;
	size_t n = count_members(c, t, depth);
	int r;

	if (!c->budget)
		return no_value(c, "has too many members");
	r = add_steps(c, n, &first);
	if (r)
		return r;
	c->l->steps[at].kind = EU_STEP_STRUCT;
	c->l->steps[at].is_union = btf_is_union(t);
	c->l->steps[at].size = t->size;
	c->l->steps[at].child = first;
	c->l->steps[at].count = n;
	next = first;
	return compile_members(c, t, 0, t->size, &next, depth);
}

/* Fills kind, size, count and child of step @at. */
static int compile_kind(struct compiler *c, uint32_t at, uint32_t type_id,
			int depth)
{
	const struct btf_type *t;
	uint32_t id, child;
	int kind, r;

	c->l->steps[at].type_id = type_id;
	if (depth > MAX_DEPTH)
		return no_value(c, "nested too deeply");
	t = eu_btf_resolve(c->btf, type_id, &id);
	if (!t)
		return no_value(c, "refers to a type that is not there");
	if (btf_is_array(t))
		return compile_array(c, at, t, depth);
	if (btf_is_composite(t))
		return compile_struct(c, at, t, depth);
	kind = scalar_kind(t);
	if (kind < 0)
		return no_value(c, "has no values");
	c->l->steps[at].kind = kind;
	/* Unless the BTF has a "long" that says otherwise it is BPF's. */
	c->l->steps[at].size = !btf_is_ptr(t)		      ? t->size :
			       btf__pointer_size(c->btf) == 4 ? 4 :
								8;
	if (kind != EU_STEP_ENUM)
		return 0;
	r = add_enum(c, id, t, &child);
	c->l->steps[at].child = child;
	return r;
}

static int compile(struct compiler *c, uint32_t at, uint32_t type_id, int depth)
{
	enum eu_format format = eu_format_of_type(c->btf, type_id);
	int r = compile_kind(c, at, type_id, depth);

	if (!r && fits(&c->l->steps[at], c->l, format))
		c->l->steps[at].format = (uint8_t)format;
	return r;
}

/* Bytes that the value of step @s takes as JSON or text, at most. */
static size_t max_text(const struct eu_layout *l, const struct eu_step *s)
{
	const struct eu_enum *e;
	/* What is not there is "null", however small it would be. */
	size_t n = 0, sum = 4;

	if (s->format == EU_FORMAT_HEX)
		return (size_t)s->size * 2 + 24;
	if (s->format)
		return eu_format_max(s->format);
	switch (s->kind) {
	case EU_STEP_STRING:
		/* "\u0001" for one byte. */
		return (size_t)s->size * 6 + 4;
	case EU_STEP_BYTES: return (size_t)s->size * 2 + 4;
	case EU_STEP_ENUM:
		e = &l->enums[s->child];
		return eu_max(e->longest, strlen("<UNKNOWN_VARIANT>")) + 26;
	case EU_STEP_ARRAY:
		n = max_text(l, &l->steps[s->child]) + 1;
		if (__builtin_mul_overflow(n, s->count, &sum))
			return SIZE_MAX / 4;
		return eu_min(sum + 4, SIZE_MAX / 4);
	case EU_STEP_STRUCT:
		for (uint32_t i = 0; i < s->count; i++) {
			const struct eu_step *m = &l->steps[s->child + i];

			sum += eu_min(max_text(l, m) + 4 + strlen(m->name),
				      SIZE_MAX / 4 / (s->count + 1));
		}
		return sum;
	default: return 48;
	}
}

static enum eu_fast fast_way(const struct eu_step *s)
{
	int log2 = __builtin_ctz(s->size ?: 1);

	if (s->length || s->rest)
		return EU_FAST_NONE;
	switch (s->kind) {
	case EU_STEP_UINT:
	case EU_STEP_POINTER: return EU_FAST_U8 + log2;
	case EU_STEP_INT: return EU_FAST_I8 + log2;
	case EU_STEP_BOOL:
		return log2 || s->bit_size ? EU_FAST_NONE : EU_FAST_BOOL;
	case EU_STEP_STRING: return EU_FAST_STRING;
	case EU_STEP_BITS: return EU_FAST_BITS;
	case EU_STEP_SBITS: return EU_FAST_SBITS;
	case EU_STEP_ENUM: return EU_FAST_ENUM;
	default: return EU_FAST_NONE;
	}
}

/* In JSON some formats are the number that they are. */
static enum eu_fast fast_json_way(const struct eu_step *s)
{
	bool number = s->kind == EU_STEP_INT || s->kind == EU_STEP_UINT;

	if (s->format && !(number && eu_meaning_is_plain(s->format)))
		return EU_FAST_NONE;
	return fast_way(s);
}

/* Of an element with the comma behind it; long lists are mostly of numbers. */
static size_t element_text(const struct eu_layout *l, const struct eu_step *e)
{
	static const uint8_t digits[] = { [1] = 4, [2] = 6, [4] = 11, [8] = 20 };

	if ((e->kind == EU_STEP_UINT || e->kind == EU_STEP_INT) && !e->format)
		return digits[e->size] + 1u;
	return max_text(l, e) + 1;
}

/*
 * An array without a length at the end of the record is as long as the record
 * has room; it may be the last member of the last struct.
 */
static void find_rest(struct eu_layout *l, struct eu_step *s)
{
	struct eu_step *last = NULL;

	if (s->kind == EU_STEP_STRUCT && !s->is_union && s->count)
		last = &l->steps[s->child + s->count - 1];
	if (last)
		find_rest(l, last);
	s->rest = last ? last->rest :
			 !s->size && (s->kind == EU_STEP_STRING ||
				      (s->kind == EU_STEP_ARRAY && !s->count &&
				       l->steps[s->child].size));
	if (!s->rest || last)
		return;
	l->rest_size = s->kind == EU_STEP_ARRAY ? l->steps[s->child].size : 1;
}

void eu_layout_measure(struct eu_layout *l)
{
	size_t sum = 68;

	l->whole = l->rest_size ? SIZE_MAX : l->size;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct eu_step *m = &l->steps[i];

		sum += eu_min(max_text(l, m) + 4 + strlen(m->name),
			      SIZE_MAX / 4 / (l->n + 1));
	}
	l->max_json = sum;
	/* "\u0001" for one byte of text. */
	l->rest_text = 6;
	for (size_t i = 0; i < l->n_steps; i++) {
		struct eu_step *s = &l->steps[i];

		s->fast = s->format ? EU_FAST_NONE : fast_way(s);
		s->fast_json = fast_json_way(s);
		if (s->rest && s->kind == EU_STEP_ARRAY)
			l->rest_text = element_text(l, &l->steps[s->child]);
	}
}

size_t eu_layout_more(const struct eu_layout *l, size_t size)
{
	size_t most;

	if (!l->rest_size)
		return 0;
	most = EU_LAYOUT_MAX_TEXT / l->rest_text;
	return eu_min(size / l->rest_size, most) * l->rest_text + 64;
}

/* The root is a step like any other; its members become the top level. */
static int compile_root(struct compiler *c, uint32_t type_id)
{
	struct eu_layout *l = c->l;
	struct eu_step root;
	uint32_t at;
	int r;

	r = add_steps(c, 1, &at);
	if (!r) {
		l->steps[at].name = l->name;
		r = compile(c, at, type_id, 0);
	}
	if (r)
		return r;
	find_rest(l, &l->steps[0]);
	root = l->steps[0];
	l->size = root.size;
	if (max_text(l, &root) > EU_LAYOUT_MAX_TEXT)
		return eu_error_set(c->err, -E2BIG,
				    "type '%s' is too large to be shown",
				    l->name);
	l->is_struct = root.kind == EU_STEP_STRUCT;
	l->n = 1;
	if (!l->is_struct)
		return 0;
	/* Members stand right behind the root; it gives up its place. */
	memmove(l->steps, l->steps + 1, --l->n_steps * sizeof(*l->steps));
	for (size_t i = 0; i < l->n_steps; i++)
		if (l->steps[i].kind == EU_STEP_ARRAY ||
		    l->steps[i].kind == EU_STEP_STRUCT)
			l->steps[i].child--;
	l->n = root.count;
	return 0;
}

/* The step among @n from @first on that has that name; 0: none, else 1 + it. */
static uint32_t named(const struct eu_layout *l, uint32_t first, uint32_t n,
		      const char *name)
{
	for (uint32_t i = first; i < first + n; i++)
		if (!strcmp(l->steps[i].name, name))
			return i + 1;
	return 0;
}

static bool is_integer(const struct eu_step *s)
{
	return s->kind == EU_STEP_UINT || s->kind == EU_STEP_INT ||
	       s->kind == EU_STEP_BITS || s->kind == EU_STEP_SBITS;
}

/* Of an array of numbers each is what the annotation says. */
static bool set_format(struct eu_layout *l, struct eu_step *s,
		       enum eu_format format)
{
	while (!fits(s, l, format) && s->kind == EU_STEP_ARRAY)
		s = &l->steps[s->child];
	if (!fits(s, l, format))
		return false;
	s->format = (uint8_t)format;
	return true;
}

/* To the member of the struct whose members begin at @first. */
static bool annotate(struct eu_layout *l, uint32_t first, uint32_t n,
		     const char *name, enum eu_format format, const char *length)
{
	uint32_t at = named(l, first, n, name), by;
	struct eu_step *s;

	if (!at)
		return false;
	s = &l->steps[at - 1];
	if (format && !set_format(l, s, format))
		return false;
	if (!length)
		return true;
	by = named(l, first, n, length);
	if (!by || !is_integer(&l->steps[by - 1]) ||
	    (s->kind != EU_STEP_ARRAY && s->kind != EU_STEP_STRING))
		return false;
	s->length = by;
	return true;
}

bool eu_layout_annotate(struct eu_layout *l, const struct btf *btf,
			uint32_t type_id, const char *name,
			enum eu_format format, const char *length)
{
	bool done = false;
	uint32_t id;

	if (!eu_btf_resolve(btf, type_id, &type_id))
		return false;
	if (l->is_struct && eu_btf_resolve(btf, l->type_id, &id) && id == type_id)
		done = annotate(l, 0, l->n, name, format, length);
	for (size_t i = 0; i < l->n_steps; i++) {
		const struct eu_step *s = &l->steps[i];

		if (s->kind == EU_STEP_STRUCT &&
		    eu_btf_resolve(btf, s->type_id, &id) && id == type_id)
			done = annotate(l, s->child, s->count, name, format,
					length) ||
			       done;
	}
	eu_layout_measure(l);
	return done;
}

int eu_layout_new(const struct btf *btf, uint32_t type_id,
		  struct eu_layout **ret, struct eu_error *err)
{
	struct compiler c = { .btf = btf, .err = err, .budget = MAX_STEPS * 2 };
	int r;

	c.l = calloc(1, sizeof(*c.l));
	if (!c.l)
		return eu_error_oom(err);
	c.l->type_id = type_id;
	c.l->name = eu_btf_name(btf, type_id);
	r = is_name(c.l->name) ?
		    compile_root(&c, type_id) :
		    eu_error_set(err, -EINVAL, "type %u: its name is none",
				 type_id);
	if (!r)
		eu_layout_measure(c.l);
	if (r) {
		eu_layout_free(c.l);
		return r;
	}
	*ret = c.l;
	return 0;
}

struct eu_layout *eu_layout_bytes(enum eu_step_kind kind, const char *name,
				  uint32_t size)
{
	struct eu_layout *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->steps = calloc(1, sizeof(*l->steps));
	if (!l->steps) {
		free(l);
		return NULL;
	}
	l->name = "";
	l->size = size;
	l->n = l->n_steps = 1;
	l->steps[0] = (struct eu_step){
		.kind = kind,
		.size = size,
		.name = name,
	};
	eu_layout_measure(l);
	return l;
}

void eu_layout_free(struct eu_layout *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n_enums; i++)
		free(l->enums[i].values);
	free(l->enums);
	free(l->steps);
	free(l->texts);
	free(l);
}

/* The steps @from to @to of @src behind those of @l. */
static void copy_steps(struct eu_layout *l, const struct eu_layout *src,
		       size_t from, size_t to, uint32_t child,
		       uint32_t child_enum)
{
	struct eu_step *s;

	for (size_t i = from; i < to; i++) {
		s = &l->steps[l->n_steps++];
		*s = src->steps[i];
		/* Keys, and values beside others, have their fixed size. */
		s->rest = false;
		if (s->length)
			s->length += child;
		if (s->kind == EU_STEP_ARRAY || s->kind == EU_STEP_STRUCT)
			s->child += child;
		else if (s->kind == EU_STEP_ENUM)
			s->child += child_enum;
	}
}

static void name_step(const struct eu_layout *l, struct eu_step *s,
		      const char *name)
{
	if (!l->is_struct && l->type_id)
		s->name = name;
}

static void join(struct eu_layout *l, const struct eu_layout *a,
		 const struct eu_layout *b)
{
	copy_steps(l, a, 0, a->n, b->n, 0);
	copy_steps(l, b, 0, b->n, a->n_steps, a->n_enums);
	for (size_t i = a->n; i < l->n_steps; i++)
		l->steps[i].offset += a->size;
	copy_steps(l, a, a->n, a->n_steps, b->n, 0);
	copy_steps(l, b, b->n, b->n_steps, a->n_steps, a->n_enums);
	for (size_t i = 0; i < a->n_enums; i++)
		l->enums[i] = a->enums[i];
	for (size_t i = 0; i < b->n_enums; i++)
		l->enums[a->n_enums + i] = b->enums[i];
	l->n_enums = a->n_enums + b->n_enums;
	l->n = a->n + b->n;
	l->size = a->size + b->size;
	l->max_json = a->max_json + b->max_json;
	l->whole = eu_max(a->whole, b->whole) == SIZE_MAX ? SIZE_MAX : l->size;
	l->is_struct = true;
	l->name = "";
}

struct eu_layout *eu_layout_join(struct eu_layout *a, const char *name_a,
				 struct eu_layout *b, const char *name_b)
{
	struct eu_layout *l = calloc(1, sizeof(*l));

	if (l && a && b) {
		l->steps = calloc(a->n_steps + b->n_steps, sizeof(*l->steps));
		l->enums = calloc(a->n_enums + b->n_enums + 1, sizeof(*l->enums));
	}
	if (!l || !l->steps || !l->enums) {
		eu_layout_free(eu_take_ptr(l));
	} else {
		join(l, a, b);
		name_step(a, &l->steps[0], name_a);
		name_step(b, &l->steps[a->n], name_b);
		/* Their values have gone over. */
		a->n_enums = b->n_enums = 0;
	}
	eu_layout_free(a);
	eu_layout_free(b);
	return l;
}

const struct eu_step *eu_layout_member(const struct eu_layout *l, const char *name)
{
	for (uint32_t i = 0; i < l->n; i++)
		if (!strcmp(l->steps[i].name, name))
			return &l->steps[i];
	return NULL;
}

void eu_layout_hide(struct eu_layout *l, const char *name)
{
	size_t i = 0;

	while (i < l->n && strcmp(l->steps[i].name, name))
		i++;
	if (i == l->n)
		return;
	for (size_t k = 0; k < l->n; k++) {
		uint32_t by = l->steps[k].length;

		l->steps[k].length = by == i + 1 ? 0 : by - (by > i + 1);
	}
	/* What is nested stands behind all of the top level, and stays. */
	memmove(&l->steps[i], &l->steps[i + 1], (--l->n - i) * sizeof(*l->steps));
}
