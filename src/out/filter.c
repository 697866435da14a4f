/* SPDX-License-Identifier: MIT */
#include "out/filter_tree.h"

#include <string.h>

#include "out/value.h"

void eu_filter_free(struct eu_filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++) {
		free(f->nodes[i].text);
		if (f->nodes[i].has_regex)
			regfree(&f->nodes[i].regex);
	}
	free(f->nodes);
	free(f->uses);
	free(f->source);
	eu_buf_done(&f->scratch);
	free(f);
}

static bool holds(enum eu_filter_op op, int order)
{
	switch (op) {
	case EU_OP_EQ: return !order;
	case EU_OP_NE: return order;
	case EU_OP_LT: return order < 0;
	case EU_OP_LE: return order <= 0;
	case EU_OP_GT: return order > 0;
	default: return order >= 0;
	}
}

static int order_bits(const char *data, const char *bytes, uint32_t bits)
{
	uint8_t mask = (uint8_t)(0xff00 >> (bits & 7));
	int order = memcmp(data, bytes, bits / 8);

	if (order || !mask)
		return order;
	data += bits / 8;
	bytes += bits / 8;
	return ((uint8_t)*data & mask) - ((uint8_t)*bytes & mask);
}

/* The text of the member: in place if it is text. */
static const char *text_of(struct eu_filter *f, const struct eu_filter_node *n,
			   const struct eu_record *r, size_t *ret_n)
{
	const struct eu_field *e = &n->field;
	size_t size, columns = 0;
	const char *base;
	char *end;

	if (n->is_map) {
		*ret_n = strlen(f->stream);
		return f->stream;
	}
	base = eu_field_at(e, r, &size);
	if (!eu_value_there(&e->step, size))
		return NULL;
	if (n->way == EU_FIELD_TEXT)
		return eu_value_string(e->layout, &e->step, base, size, ret_n);
	eu_buf_clear(&f->scratch);
	if (!eu_buf_room(&f->scratch,
			 e->layout->max_json + eu_layout_more(e->layout, size)))
		return NULL;
	end = eu_value_text(f->scratch.data, e->layout, &e->step, base, size,
			    &columns);
	*ret_n = (size_t)(end - f->scratch.data);
	return f->scratch.data;
}

static bool match(struct eu_filter *f, const struct eu_filter_node *n,
		  const struct eu_record *r)
{
	const char *text;
	size_t len;

	text = text_of(f, n, r, &len);
	if (!text)
		return false;
	/* It wants a NUL, which what lies in a record need not have. */
	if (text == f->scratch.data) {
		f->scratch.len = len;
	} else {
		eu_buf_clear(&f->scratch);
		eu_buf_put(&f->scratch, text, len);
	}
	text = eu_buf_str(&f->scratch);
	return text &&
	       !regexec(&n->regex, text, 0, NULL, 0) == (n->op == EU_OP_MATCH);
}

static bool compare(struct eu_filter *f, const struct eu_filter_node *n,
		    const struct eu_record *r)
{
	const struct eu_field *e = &n->field;
	struct eu_number v;
	const char *base;
	size_t size, len;
	double real;

	if (n->way == EU_FIELD_TEXT) {
		base = text_of(f, n, r, &len);
		if (!base)
			return false;
		if (n->op == EU_OP_TRUTH)
			return len > 0;
		return holds(n->op,
			     eu_field_order_text(base, len, n->text, n->len));
	}
	base = eu_field_at(e, r, &size);
	if (!eu_value_whole(&e->step, size))
		return false;
	if (n->way == EU_FIELD_BYTES) {
		base += e->step.offset;
		if (n->op == EU_OP_TRUTH)
			return *base || memcmp(base, base + 1, e->step.size - 1);
		return holds(n->op, order_bits(base, n->text, n->prefix));
	}
	if (n->way == EU_FIELD_REAL) {
		real = eu_value_real(&e->step, base);
		if (n->op == EU_OP_TRUTH)
			return real != 0;
		if (real != real)
			return n->op == EU_OP_NE;
		return holds(n->op, (real > n->real) - (real < n->real));
	}
	v = eu_value_number(e->layout, &e->step, base, size);
	if (n->op == EU_OP_TRUTH)
		return v.high || v.low;
	if (n->absolute)
		v.negative = false;
	return holds(n->op, eu_number_order(&v, &n->number));
}

static bool ask(struct eu_filter *f, uint32_t i, const struct eu_record *r)
{
	const struct eu_filter_node *n = &f->nodes[i];

	switch (n->op) {
	case EU_OP_OR: return ask(f, n->left, r) || ask(f, n->right, r);
	case EU_OP_AND: return ask(f, n->left, r) && ask(f, n->right, r);
	case EU_OP_NOT: return !ask(f, n->left, r);
	case EU_OP_NEVER: return false;
	case EU_OP_MATCH:
	case EU_OP_NO_MATCH: return match(f, n, r);
	default: return compare(f, n, r);
	}
}

bool eu_filter_match(struct eu_filter *f, const struct eu_record *r)
{
	return ask(f, f->root, r);
}
