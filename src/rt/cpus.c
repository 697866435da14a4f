/* SPDX-License-Identifier: MIT */
#include "rt/cpus.h"

#include <string.h>

#include "rt/walk.h"

static void add_number(char *sum, const char *data, uint32_t size)
{
	uint64_t a = 0, b = 0;
	/* The lowest bytes; what they overflow into is cut off. */
	size_t skip = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 8 - size : 0;

	memcpy((char *)&a + skip, sum, size);
	memcpy((char *)&b + skip, data, size);
	a += b;
	memcpy(sum, (char *)&a + skip, size);
}

/* Adds the value of step @s at @data to that at @sum. */
static void add_value(const struct eu_layout *l, const struct eu_step *s,
		      char *sum, const char *data)
{
	const struct eu_step *e = &l->steps[s->child];

	switch (s->kind) {
	case EU_STEP_UINT:
	case EU_STEP_INT: add_number(sum, data, s->size); break;
	case EU_STEP_ARRAY:
		for (uint32_t i = 0; i < s->count; i++)
			add_value(l, e, sum + i * e->size, data + i * e->size);
		break;
	case EU_STEP_STRUCT:
		if (s->is_union)
			goto whole;
		for (uint32_t i = 0; i < s->count; i++)
			add_value(l, e + i, sum + e[i].offset,
				  data + e[i].offset);
		break;
	default:
	whole:
		if (eu_is_zero(sum, s->size))
			memcpy(sum, data, s->size);
	}
}

void eu_cpus_sum(const struct eu_layout *l, char *value, size_t stride, int cpus)
{
	const char *data;

	if (l->size > stride)
		return;
	for (int cpu = 1; cpu < cpus; cpu++) {
		data = value + cpu * stride;
		for (uint32_t i = 0; i < l->n; i++)
			add_value(l, &l->steps[i], value + l->steps[i].offset,
				  data + l->steps[i].offset);
	}
}
