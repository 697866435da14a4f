/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

enum { MAX_COLUMNS = 9 };

static int cell(const json_t *item, const char *key, struct eu_buf *b)
{
	const json_t *v = json_object_get(item, key);
	eu_auto_free char *text = NULL;
	size_t before = b->len;

	if (json_is_string(v)) {
		eu_buf_puts(b, json_string_value(v));
	} else if (json_is_array(v)) {
		for (size_t i = 0; i < json_array_size(v); i++)
			eu_buf_printf(b, "%s%s", i ? " " : "",
				      json_string_value(json_array_get(v, i)));
	} else if (v) {
		text = json_dumps(v, JSON_ENCODE_ANY);
		eu_buf_puts(b, text ?: "");
	}
	return (int)(b->len - before);
}

void table_print(const json_t *list, const struct table_column *c, size_t n,
		 const char *indent, struct eu_buf *out)
{
	eu_auto_buf struct eu_buf one = EU_BUF(1 << 16);
	int width[MAX_COLUMNS] = { 0 }, w;
	json_t *item;
	size_t i, last = 0;

	if (!json_array_size(list))
		return;
	json_array_foreach (list, i, item)
		for (size_t k = 0; k < n; k++) {
			eu_buf_clear(&one);
			w = cell(item, c[k].key, &one);
			width[k] = eu_max(width[k], w);
		}
	for (size_t k = 0; k < n; k++) {
		if (!width[k])
			continue;
		width[k] = eu_max(width[k], (int)strlen(c[k].title));
		last = k;
	}
	for (size_t row = 0; row <= json_array_size(list); row++) {
		eu_buf_puts(out, indent);
		for (size_t k = 0; k <= last; k++) {
			if (!width[k])
				continue;
			eu_buf_clear(&one);
			if (row)
				cell(json_array_get(list, row - 1), c[k].key,
				     &one);
			else
				eu_buf_puts(&one, c[k].title);
			eu_buf_printf(out, c[k].right ? "%*s" : "%-*s",
				      k == last && !c[k].right ? 0 : width[k],
				      eu_buf_str(&one) ?: "");
			if (k != last)
				eu_buf_puts(out, "  ");
		}
		while (out->len && out->data[out->len - 1] == ' ')
			out->len--;
		eu_buf_putc(out, '\n');
	}
}
