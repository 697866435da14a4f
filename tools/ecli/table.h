/* SPDX-License-Identifier: MIT */
#ifndef ECLI_TABLE_H
#define ECLI_TABLE_H

/* Lists of JSON objects as tables of text. */

#include "base/buf.h"
#include "base/json.h"

struct table_column {
	const char *key;   /* of the objects */
	const char *title; /* above it */
	bool right;	   /* numbers */
};

/*
 * A line of titles and one for each object of @list, each behind @indent.
 * Columns that no object has are left out; lists are joined by spaces.
 */
void table_print(const json_t *list, const struct table_column *columns,
		 size_t n, const char *indent, struct eu_buf *out);

#endif
