/* SPDX-License-Identifier: MIT */
#include "out/filter_tree.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "btf/meaning.h"
#include "out/value.h"

/* From an expression to a filter, by recursive descent. */

enum {
	MAX_NODES = 4096,
	MAX_DEPTH = 64,	  /* of parentheses and "not" */
	MAX_TEXT = 65536, /* bytes of the expression, and of a literal */
	MAX_SCRATCH = 64 << 20,
};

struct parser {
	struct eu_filter *f;
	const struct eu_stream *st;
	const char *p;	   /* the rest of the source */
	const char *error; /* place of the first error, or NULL */
	uint64_t missing;
	int depth;
	int code;
	struct eu_error *err;
};

/* The source below the message, in one line, and a caret under @at. */
static void point(const struct eu_filter *f, size_t at, struct eu_error *err)
{
	size_t columns = eu_utf8_columns(f->source, at);
	eu_auto_free char *line = strdup(f->source);

	for (char *c = line; c && *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	eu_error_append(err, err ? err->code : 0, "\n  %s\n  %*s^", line ?: "",
			(int)eu_min(columns, (size_t)4096), "");
}

static EU_PRINTF(3, 4) bool fail(struct parser *x, const char *at,
				 const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (x->code)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	x->code = eu_error_set(x->err, -EINVAL, "filter: %s", text);
	point(x->f, (size_t)(at - x->f->source), x->err);
	return false;
}

static bool no_memory(struct parser *x, int code, const char *what)
{
	if (!x->code)
		x->code = eu_error_grow(x->err, code, MAX_NODES, what);
	return false;
}

static void skip_space(struct parser *x)
{
	while (isspace((unsigned char)*x->p))
		x->p++;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.$[]", c)) ||
	       (unsigned char)c >= 0x80;
}

static size_t word_length(const char *p)
{
	size_t n = 0;

	while (is_word(p[n]))
		n++;
	return n;
}

/* Takes @sign, or @word if it stands alone. */
static bool take(struct parser *x, const char *sign, const char *word)
{
	size_t n;

	skip_space(x);
	n = strlen(sign);
	if (!strncmp(x->p, sign, n) &&
	    !(n == 1 && *sign == '!' && (x->p[1] == '=' || x->p[1] == '~'))) {
		x->p += n;
		return true;
	}
	n = strlen(word);
	if (n && word_length(x->p) == n && !strncmp(x->p, word, n)) {
		x->p += n;
		return true;
	}
	return false;
}

/* Without quotes a value goes on to a space, a parenthesis or an operator. */
static bool is_plain(char c)
{
	return c && !isspace((unsigned char)c) && !strchr("()&|!=<>~\"'", c);
}

/* A literal's text; NULL, and the error, if there is none. */
static char *take_literal(struct parser *x, const char **ret_at)
{
	eu_auto_buf struct eu_buf b = EU_BUF(MAX_TEXT);
	const char *from;
	char quote;

	skip_space(x);
	*ret_at = from = x->p;
	quote = *from == '"' || *from == '\'' ? *from : 0;
	if (!quote) {
		while (is_plain(*x->p))
			x->p++;
		eu_buf_put(&b, from, (size_t)(x->p - from));
		if (x->p == from) {
			fail(x, from, "a value is missing%s",
			     *from == '(' ?
				     "; text that begins so stands in quotes" :
				     "");
			return NULL;
		}
		return eu_buf_take(&b, NULL) ?: (no_memory(x, -ENOMEM, ""), NULL);
	}
	for (x->p++; *x->p && *x->p != quote; x->p++) {
		/* Regular expressions want their backslashes. */
		if (*x->p == '\\' && (x->p[1] == quote || x->p[1] == '\\')) {
			if (x->p[1] == '\\')
				eu_buf_putc(&b, '\\');
			x->p++;
		}
		eu_buf_putc(&b, *x->p);
	}
	if (!*x->p) {
		fail(x, from, "the text is not closed");
		return NULL;
	}
	x->p++;
	return eu_buf_take(&b, NULL) ?: (no_memory(x, -ENOMEM, ""), NULL);
}

static bool take_operator(struct parser *x, enum eu_filter_op *ret)
{
	static const struct {
		const char *text;
		enum eu_filter_op op;
	} ops[] = {
		{ "==", EU_OP_EQ },	  { "!=", EU_OP_NE },
		{ "<=", EU_OP_LE },	  { ">=", EU_OP_GE },
		{ "!~", EU_OP_NO_MATCH }, { "=~", EU_OP_MATCH },
		{ "=", EU_OP_EQ },	  { "<", EU_OP_LT },
		{ ">", EU_OP_GT },	  { "~", EU_OP_MATCH },
	};

	skip_space(x);
	for (size_t i = 0; i < EU_COUNT(ops); i++) {
		size_t n = strlen(ops[i].text);

		if (strncmp(x->p, ops[i].text, n))
			continue;
		x->p += n;
		*ret = ops[i].op;
		return true;
	}
	return false;
}

/* "10.0.0.0/8" as well. */
static bool take_address(struct parser *x, struct eu_filter_node *n,
			 const char *at)
{
	const struct eu_step *s = &n->field.step;
	char *slash = strchr(n->text, '/'), *end;
	uint32_t bits = s->size * 8;
	uint8_t bytes[16] = { 0 };
	char *copy;

	n->prefix = bits;
	if (slash) {
		*slash = '\0';
		n->prefix = (uint32_t)strtoul(slash + 1, &end, 10);
		if (!isdigit((unsigned char)slash[1]) || *end || n->prefix > bits)
			return fail(x, at,
				    "'%.80s' is no number of bits up to %u",
				    slash + 1, bits);
	}
	if (eu_meaning_address(s->format, n->text, bytes, s->size) != 1)
		return fail(x, at, "'%.80s' %s", n->text,
			    eu_format_hint(s->format));
	copy = malloc(sizeof(bytes));
	if (!copy)
		return no_memory(x, -ENOMEM, "");
	memcpy(copy, bytes, sizeof(bytes));
	free(n->text);
	n->text = copy;
	n->len = s->size;
	return true;
}

static bool refuse(struct parser *x, const struct eu_filter_node *n,
		   const char *at)
{
	const struct eu_step *s = &n->field.step;
	const char *format = eu_format_name(s->format);

	if (s->kind == EU_STEP_ENUM)
		return fail(x, at, "'%.80s' is none of its values", n->text);
	if (s->kind == EU_STEP_BOOL)
		return fail(x, at, "'%.80s' is neither true nor false", n->text);
	if (*format)
		return fail(x, at, "'%.80s' is no %s", n->text, format);
	return fail(x, at, "'%.80s' is no number", n->text);
}

static bool enum_number(const struct eu_filter_node *n, struct eu_number *ret)
{
	const struct eu_layout *l = n->field.layout;
	const struct eu_enum *e = &l->enums[n->field.step.child];

	for (size_t i = 0; i < e->n; i++) {
		if (strcmp(e->values[i].name, n->text))
			continue;
		*ret = e->is_signed ?
			       eu_number_signed(e->values[i].value) :
			       eu_number_unsigned((uint64_t)e->values[i].value);
		return true;
	}
	return false;
}

static bool take_number(struct parser *x, struct eu_filter_node *n, const char *at)
{
	const struct eu_step *s = &n->field.step;
	uint64_t v;
	int r = 0;

	if (s->kind == EU_STEP_ENUM && enum_number(n, &n->number))
		return true;
	if (s->kind == EU_STEP_BOOL &&
	    (!strcmp(n->text, "true") || !strcmp(n->text, "false"))) {
		n->number = eu_number_unsigned(*n->text == 't');
		return true;
	}
	/* Ports are compared as people count them. */
	if (s->format && s->format != EU_FORMAT_PORT)
		r = eu_meaning_number(s->format, n->text, &v);
	if (r == 1) {
		n->number = eu_number_unsigned(v);
		n->absolute = s->format == EU_FORMAT_ERRNO;
		return true;
	}
	return (!r && eu_number_parse(n->text, &n->number)) || refuse(x, n, at);
}

static bool take_real(struct parser *x, struct eu_filter_node *n, const char *at)
{
	const char *end;

	n->real = eu_number_real(n->text, &end);
	return (end != n->text && !*end) || refuse(x, n, at);
}

static bool take_regex(struct parser *x, struct eu_filter_node *n, const char *at)
{
	char why[128];
	int r = regcomp(&n->regex, n->text, REG_EXTENDED | REG_NOSUB);

	if (r) {
		regerror(r, &n->regex, why, sizeof(why));
		return fail(x, at, "the regular expression is broken: %s", why);
	}
	n->has_regex = true;
	return true;
}

static bool take_value(struct parser *x, struct eu_filter_node *n)
{
	const char *at;

	n->text = take_literal(x, &at);
	if (!n->text)
		return false;
	n->len = strlen(n->text);
	if (n->op == EU_OP_MATCH || n->op == EU_OP_NO_MATCH)
		return take_regex(x, n, at);
	switch (n->way) {
	case EU_FIELD_NUMBER: return take_number(x, n, at);
	case EU_FIELD_REAL: return take_real(x, n, at);
	case EU_FIELD_BYTES: return take_address(x, n, at);
	case EU_FIELD_TEXT: return true;
	default:
		return fail(x, at,
			    "only ~ can look at an array, a struct or bytes");
	}
}

static bool add(struct parser *x, struct eu_filter_node **ret, uint32_t *ret_i)
{
	struct eu_filter *f = x->f;
	int r = eu_array_grow(&f->nodes, f->n, sizeof(*f->nodes), MAX_NODES);

	if (r)
		return no_memory(x, r, "parts of a filter");
	*ret_i = (uint32_t)f->n;
	*ret = &f->nodes[f->n++];
	memset(*ret, 0, sizeof(**ret));
	return true;
}

/* What the stream does not have others may. */
static bool use_name(struct parser *x, const char *name, size_t len,
		     struct eu_filter_node *n)
{
	struct eu_filter *f = x->f;
	int r = eu_array_grow(&f->uses, f->n_uses, sizeof(*f->uses), MAX_NODES);

	if (r)
		return no_memory(x, r, "names in a filter");
	f->uses[f->n_uses++] =
		(struct eu_filter_name){ (size_t)(name - f->source), len };
	if (eu_field_find(x->st, name, len, &n->field)) {
		n->way = eu_field_way(&n->field.step);
		return true;
	}
	if (len == 3 && !memcmp(name, "map", 3)) {
		n->is_map = true;
		n->way = EU_FIELD_TEXT;
		return true;
	}
	x->missing |= 1ull << eu_min(f->n_uses - 1, (size_t)63);
	n->op = EU_OP_NEVER;
	n->way = EU_FIELD_TEXT;
	return true;
}

static bool comparison(struct parser *x, uint32_t *ret)
{
	struct eu_filter_node n = { .op = EU_OP_TRUTH }, *to;
	const char *name;
	size_t len;
	enum eu_filter_op op;
	bool ok;

	skip_space(x);
	name = x->p;
	len = word_length(name);
	if (!len)
		return fail(x, name,
			    *name ? "the name of a member is expected" :
				    "it ends too early");
	if (!use_name(x, name, len, &n))
		return false;
	x->p += len;
	if (take_operator(x, &op)) {
		bool never = n.op == EU_OP_NEVER;

		n.op = op;
		ok = take_value(x, &n);
		if (never)
			n.op = EU_OP_NEVER;
	} else {
		ok = n.way != EU_FIELD_NONE ||
		     fail(x, name,
			  "an array, a struct or bytes is neither true nor false");
	}
	if (!ok || !add(x, &to, ret)) {
		free(n.text);
		if (n.has_regex)
			regfree(&n.regex);
		return false;
	}
	*to = n;
	return true;
}

static bool alternatives(struct parser *x, uint32_t *ret);

static bool unary(struct parser *x, uint32_t *ret)
{
	struct eu_filter_node *n;
	uint32_t inner;
	bool ok;

	skip_space(x);
	if (x->depth == MAX_DEPTH)
		return fail(x, x->p, "it is nested too deeply");
	x->depth++;
	if (take(x, "!", "not")) {
		ok = unary(x, &inner) && add(x, &n, ret);
		if (ok)
			*n = (struct eu_filter_node){ .op = EU_OP_NOT,
						      .left = inner };
	} else if (take(x, "(", "")) {
		const char *open = x->p - 1;

		ok = alternatives(x, ret) &&
		     (take(x, ")", "") ||
		      (*x->p ? fail(x, x->p, "')' or an operator is expected") :
			       fail(x, open, "the parenthesis is not closed")));
	} else {
		ok = comparison(x, ret);
	}
	x->depth--;
	return ok;
}

static bool chain(struct parser *x, uint32_t *ret, enum eu_filter_op op)
{
	struct eu_filter_node *n;
	uint32_t left, right;

	if (!(op == EU_OP_OR ? chain(x, &left, EU_OP_AND) : unary(x, &left)))
		return false;
	while (op == EU_OP_OR ? take(x, "||", "or") : take(x, "&&", "and")) {
		if (!(op == EU_OP_OR ? chain(x, &right, EU_OP_AND) :
				       unary(x, &right)) ||
		    !add(x, &n, ret))
			return false;
		*n = (struct eu_filter_node){ .op = op,
					      .left = left,
					      .right = right };
		left = *ret;
	}
	*ret = left;
	return true;
}

static bool alternatives(struct parser *x, uint32_t *ret)
{
	return chain(x, ret, EU_OP_OR);
}

int eu_filter_new(const char *text, const struct eu_stream *st,
		  struct eu_filter **ret, uint64_t *missing, struct eu_error *err)
{
	struct eu_filter *f;
	struct parser x = { .st = st, .err = err };

	if (strlen(text) > MAX_TEXT)
		return eu_error_set(err, -E2BIG,
				    "filter: it has more than %d bytes",
				    MAX_TEXT);
	f = x.f = calloc(1, sizeof(*f));
	if (f)
		f->source = strdup(text);
	if (!f || !f->source) {
		eu_filter_free(f);
		return eu_error_oom(err);
	}
	f->stream = st->name;
	f->scratch = (struct eu_buf)EU_BUF(MAX_SCRATCH);
	x.p = f->source;
	if (alternatives(&x, &f->root)) {
		skip_space(&x);
		if (*x.p)
			fail(&x, x.p, "'and' or 'or' is expected%s",
			     strchr("(^", *x.p) ?
				     "; text that begins so stands in quotes" :
				     "");
	}
	if (x.code) {
		eu_filter_free(f);
		return x.code;
	}
	*missing = x.missing;
	*ret = f;
	return 0;
}

static bool is_stack(const struct eu_stream *const *streams, size_t n,
		     const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < streams[i]->n_stacks; k++)
			if (strlen(streams[i]->stacks[k].name) == len &&
			    !memcmp(streams[i]->stacks[k].name, name, len))
				return true;
	return false;
}

int eu_filter_unknown(const struct eu_filter *f, uint64_t missing,
		      const struct eu_stream *const *streams, size_t n,
		      struct eu_error *err)
{
	const struct eu_filter_name *u = &f->uses[__builtin_ctzll(missing)];

	if (is_stack(streams, n, f->source + u->at, u->len))
		eu_error_set(
			err, -EINVAL,
			"filter: '%.*s' is a stack trace, which no filter looks at; there are: ",
			(int)u->len, f->source + u->at);
	else
		eu_error_set(err, -EINVAL,
			     "filter: unknown field '%.*s'; there are: ",
			     (int)eu_min(u->len, (size_t)80), f->source + u->at);
	eu_field_list_all(streams, n, false, err);
	point(f, u->at, err);
	return -EINVAL;
}

int eu_filter_check_map(const struct eu_filter *f,
			const struct eu_stream *const *streams, size_t n,
			struct eu_error *err)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct eu_filter_node *node = &f->nodes[i];
		size_t k = 0;

		if (!node->is_map || node->op != EU_OP_EQ)
			continue;
		while (k < n && strcmp(streams[k]->name, node->text))
			k++;
		if (k < n)
			continue;
		eu_error_set(err, -EINVAL,
			     "filter: no map '%.80s' is shown; there are:",
			     node->text);
		for (k = 0; k < n; k++)
			eu_error_append(err, -EINVAL, "%s %s", k ? "," : "",
					streams[k]->name);
		return -EINVAL;
	}
	return 0;
}
