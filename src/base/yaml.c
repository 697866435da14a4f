/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "base/libyaml.h"

enum { MAX_DEPTH = 200, MAX_NODES = 1000000, MAX_SCALARS = 64 << 20 };

static const char LIBYAML[] = "libyaml-0.so.2";

struct reader {
	const struct eu_yaml_reading *lib;
	yaml_document_t *doc;
	struct eu_error *err;
	/* Aliases may multiply what is read. */
	size_t nodes;
	size_t bytes, max_bytes; /* of scalars */
};

/* A plain (unquoted) scalar as the JSON value that YAML 1.2 sees in it. */
static json_t *plain_scalar(const char *s, size_t n)
{
	json_t *j;

	if (!n || !strcmp(s, "~") || !strcmp(s, "null"))
		return json_null();
	if (!strcmp(s, "true") || !strcmp(s, "false"))
		return json_boolean(s[0] == 't');
	if (strspn(s, "+-.0123456789eE") == n) {
		j = eu_json_read(s, n, NULL);
		if (j)
			return j;
	}
	return json_stringn(s, n);
}

/* Counts the bytes of a scalar. */
static bool take_bytes(struct reader *r, const yaml_node_t *n)
{
	r->bytes += n->data.scalar.length;
	if (r->bytes <= r->max_bytes)
		return true;
	eu_error_set(r->err, -E2BIG,
		     "line %zu: aliases make more than %zu MiB of it",
		     n->start_mark.line + 1, r->max_bytes >> 20);
	return false;
}

static json_t *read_node(struct reader *r, int id, int depth)
{
	yaml_node_t *n = r->lib->yaml_document_get_node(r->doc, id), *k;
	json_t *j, *v;

	if (!n)
		return json_null();
	if (depth > MAX_DEPTH || ++r->nodes > MAX_NODES) {
		eu_error_set(r->err, -E2BIG,
			     "line %zu: nested too deeply or too many values",
			     n->start_mark.line + 1);
		return NULL;
	}
	if (n->type == YAML_SCALAR_NODE) {
		if (!take_bytes(r, n))
			return NULL;
		if (n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
			return plain_scalar((char *)n->data.scalar.value,
					    n->data.scalar.length);
		return json_stringn((char *)n->data.scalar.value,
				    n->data.scalar.length);
	}
	if (n->type == YAML_SEQUENCE_NODE) {
		yaml_node_item_t *i = n->data.sequence.items.start;

		j = json_array();
		for (; j && i < n->data.sequence.items.top; i++) {
			v = read_node(r, *i, depth + 1);
			if (!v || json_array_append_new(j, v))
				goto fail;
		}
		return j;
	}
	j = json_object();
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start;
	     j && p < n->data.mapping.pairs.top; p++) {
		k = r->lib->yaml_document_get_node(r->doc, p->key);
		if (!k || k->type != YAML_SCALAR_NODE) {
			eu_error_set(r->err, -EINVAL,
				     "line %zu: a key must be a scalar",
				     n->start_mark.line + 1);
			goto fail;
		}
		if (!take_bytes(r, k))
			goto fail;
		v = read_node(r, p->value, depth + 1);
		if (!v || json_object_set_new(j, (char *)k->data.scalar.value, v))
			goto fail;
	}
	return j;
fail:
	json_decref(j);
	return NULL;
}

/*
 * libyaml's time grows with the square of the depth and its memory with the
 * number of values, so a look at the events alone comes first; it stops where
 * there is too much. Other faults are left to the real reading.
 */
static int check_size(const struct eu_yaml_reading *y, const char *text,
		      size_t len, struct eu_error *err)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	size_t depth = 0, nodes = 0;
	yaml_parser_t p;
	yaml_event_t e;

	if (!y->yaml_parser_initialize(&p))
		return eu_error_oom(err);
	y->yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
	while (depth <= MAX_DEPTH && nodes <= MAX_NODES &&
	       type != YAML_DOCUMENT_END_EVENT &&
	       type != YAML_STREAM_END_EVENT && y->yaml_parser_parse(&p, &e)) {
		type = e.type;
		nodes += type == YAML_SCALAR_EVENT || type == YAML_ALIAS_EVENT ||
			 type == YAML_SEQUENCE_START_EVENT ||
			 type == YAML_MAPPING_START_EVENT;
		depth += type == YAML_SEQUENCE_START_EVENT ||
			 type == YAML_MAPPING_START_EVENT;
		depth -= type == YAML_SEQUENCE_END_EVENT ||
			 type == YAML_MAPPING_END_EVENT;
		y->yaml_event_delete(&e);
	}
	y->yaml_parser_delete(&p);
	if (depth > MAX_DEPTH)
		return eu_error_set(err, -E2BIG,
				    "nested more than %d levels deep", MAX_DEPTH);
	if (nodes > MAX_NODES)
		return eu_error_set(err, -E2BIG, "more than %d values",
				    MAX_NODES);
	return 0;
}

json_t *eu_yaml_read(const char *text, size_t len, struct eu_error *err)
{
	struct eu_error own = { 0 };
	static const char *const names[] = { EU_YAML_READING(EU_LATE_NAME) };
	struct eu_yaml_reading y;
	struct reader r = { .lib = &y,
			    .err = err ? err : &own,
			    .max_bytes = eu_max(len, (size_t)MAX_SCALARS) };
	yaml_document_t doc;
	yaml_parser_t p;
	json_t *j = NULL;

	if (eu_late_open(LIBYAML, names, EU_COUNT(names), &y, err) ||
	    check_size(&y, text, len, err))
		return NULL;
	if (!y.yaml_parser_initialize(&p)) {
		eu_error_oom(err);
		return NULL;
	}
	y.yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
	r.err->code = 0;
	if (!y.yaml_parser_load(&p, &doc)) {
		eu_error_set(r.err, -EINVAL, "line %zu, column %zu: %s",
			     p.problem_mark.line + 1, p.problem_mark.column + 1,
			     p.problem ?: "not YAML");
	} else {
		r.doc = &doc;
		if (y.yaml_document_get_root_node(&doc))
			j = read_node(&r, 1, 0);
		else
			eu_error_set(r.err, -EINVAL, "no document");
		if (!j && !r.err->code)
			eu_error_oom(r.err);
		y.yaml_document_delete(&doc);
	}
	y.yaml_parser_delete(&p);
	return j;
}

static int append(void *ctx, unsigned char *bytes, size_t n)
{
	struct eu_buf *b = ctx;

	eu_buf_put(b, bytes, n);
	return !b->error;
}

/* Would a reader take the plain text for something that is no string? */
static bool needs_quotes(const char *s)
{
	json_t *j = plain_scalar(s, strlen(s));
	bool yes = !json_is_string(j);

	json_decref(j);
	return yes || !strcmp(s, "yes") || !strcmp(s, "no") ||
	       !strcmp(s, "on") || !strcmp(s, "off");
}

/* A real number stays one when its value is whole. */
static void put_real(char *to, double d)
{
	char *end = eu_fmt_real(to, d, false);

	*end = '\0';
	if (!strpbrk(to, ".e"))
		memcpy(end, ".0", 3);
}

static int add_node(const struct eu_yaml_writing *y, yaml_document_t *doc,
		    const json_t *j)
{
	const char *key;
	char num[EU_FMT_REAL + 3];
	size_t i;
	json_t *v;
	int id, k, n;

	if (json_is_object(j)) {
		id = y->yaml_document_add_mapping(doc, NULL,
						  YAML_BLOCK_MAPPING_STYLE);
		json_object_foreach ((json_t *)j, key, v) {
			k = y->yaml_document_add_scalar(
				doc, NULL, (const yaml_char_t *)key, -1,
				YAML_PLAIN_SCALAR_STYLE);
			n = add_node(y, doc, v);
			if (!id || !k || !n ||
			    !y->yaml_document_append_mapping_pair(doc, id, k, n))
				return 0;
		}
		return id;
	}
	if (json_is_array(j)) {
		id = y->yaml_document_add_sequence(
			doc, NULL,
			json_array_size(j) ? YAML_BLOCK_SEQUENCE_STYLE :
					     YAML_FLOW_SEQUENCE_STYLE);
		json_array_foreach ((json_t *)j, i, v) {
			n = add_node(y, doc, v);
			if (!id || !n ||
			    !y->yaml_document_append_sequence_item(doc, id, n))
				return 0;
		}
		return id;
	}
	if (json_is_string(j)) {
		key = json_string_value(j);
		return y->yaml_document_add_scalar(
			doc, NULL, (const yaml_char_t *)key,
			json_string_length(j),
			needs_quotes(key) ? YAML_SINGLE_QUOTED_SCALAR_STYLE :
					    YAML_ANY_SCALAR_STYLE);
	}
	if (json_is_integer(j))
		snprintf(num, sizeof(num), "%lld",
			 (long long)json_integer_value(j));
	else if (json_is_real(j))
		put_real(num, json_real_value(j));
	else
		snprintf(num, sizeof(num), "%s",
			 json_is_true(j)  ? "true" :
			 json_is_false(j) ? "false" :
					    "null");
	return y->yaml_document_add_scalar(doc, NULL, (const yaml_char_t *)num,
					   -1, YAML_PLAIN_SCALAR_STYLE);
}

/* jansson writes sorted keys; reading that back gives them in order. */
static json_t *sorted(const json_t *j)
{
	char *s = eu_json_write(j, NULL);
	json_t *copy = s ? json_loads(s, JSON_DECODE_ANY, NULL) : NULL;

	free(s);
	return copy;
}

char *eu_yaml_write(const json_t *j, size_t *ret_len, struct eu_error *err)
{
	eu_auto_json json_t *copy = sorted(j);
	eu_auto_buf struct eu_buf out = EU_BUF(256u << 20);
	static const char *const names[] = { EU_YAML_WRITING(EU_LATE_NAME) };
	struct eu_yaml_writing y;
	yaml_document_t doc;
	yaml_emitter_t e;
	bool ok = false;

	if (eu_late_open(LIBYAML, names, EU_COUNT(names), &y, err))
		return NULL;
	if (!copy || !y.yaml_document_initialize(&doc, NULL, NULL, NULL, 1, 1)) {
		eu_error_oom(err);
		return NULL;
	}
	if (!y.yaml_emitter_initialize(&e)) {
		y.yaml_document_delete(&doc);
		eu_error_oom(err);
		return NULL;
	}
	y.yaml_emitter_set_output(&e, append, &out);
	y.yaml_emitter_set_width(&e, -1);
	y.yaml_emitter_set_unicode(&e, 1);
	if (add_node(&y, &doc, copy)) {
		/* yaml_emitter_dump() takes the document. */
		ok = y.yaml_emitter_open(&e) && y.yaml_emitter_dump(&e, &doc) &&
		     y.yaml_emitter_close(&e);
	} else {
		y.yaml_document_delete(&doc);
	}
	y.yaml_emitter_delete(&e);
	if (!ok)
		eu_error_oom(err);
	return ok ? eu_buf_take(&out, ret_len) : NULL;
}
