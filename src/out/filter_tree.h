/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_FILTER_TREE_H
#define EU_OUT_FILTER_TREE_H

/*
 * A filter as filter_parse.c makes it of an expression and filter.c asks it:
 * nodes that name each other by their place in one array.
 */

#include <regex.h>

#include "base/buf.h"
#include "out/filter.h"
#include "out/number.h"

enum eu_filter_op {
	EU_OP_OR,
	EU_OP_AND,
	EU_OP_NOT,
	EU_OP_NEVER, /* of what the stream does not have */
	EU_OP_TRUTH, /* a member alone */
	EU_OP_EQ,
	EU_OP_NE,
	EU_OP_LT,
	EU_OP_LE,
	EU_OP_GT,
	EU_OP_GE,
	EU_OP_MATCH,
	EU_OP_NO_MATCH,
};

struct eu_filter_node {
	enum eu_filter_op op;
	enum eu_field_way way;
	uint32_t left, right; /* EU_OP_OR, EU_OP_AND; EU_OP_NOT: left */
	struct eu_field field;
	bool is_map;   /* the stream's name instead of a member */
	bool absolute; /* of numbers the sign does not count */
	struct eu_number number;
	double real;
	char *text; /* or bytes */
	size_t len;
	uint32_t prefix; /* bits of an address that count */
	regex_t regex;
	bool has_regex;
};

struct eu_filter_name {
	size_t at, len;
};

struct eu_filter {
	char *source;
	const char *stream; /* its name */
	struct eu_filter_node *nodes;
	size_t n;
	uint32_t root;
	struct eu_filter_name *uses;
	size_t n_uses;
	struct eu_buf scratch;
};

#endif
