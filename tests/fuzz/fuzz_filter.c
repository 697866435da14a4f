/* SPDX-License-Identifier: MIT */

/*
 * An expression, a list of fields or an order, whichever it can be, over a
 * struct with members of every kind; and what it says of a record, whole and
 * cut short.
 */

#include "../unit/filtered.h"
#include "out/fields.h"
#include "out/filter.h"
#include "out/gather.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_INPUT = 4096 };

static void filter(const char *text, const struct eu_stream *st,
		   struct eu_record *r)
{
	struct eu_filter *f;
	struct eu_error err;
	uint64_t missing;

	if (eu_filter_new(text, st, &f, &missing, &err))
		return;
	if (missing)
		eu_filter_unknown(f, missing, &st, 1, &err);
	for (size_t n = 0; n <= sizeof(struct filtered); n += 3) {
		r->size = n;
		eu_filter_match(f, r);
	}
	eu_filter_free(f);
}

static void choose(const char *text, struct eu_stream *st)
{
	struct eu_layout *key = NULL, *value = NULL;
	struct eu_fields *f;

	if (eu_fields_new(text, &f, NULL))
		return;
	if (!eu_fields_apply(f, st, &key, &value, NULL))
		eu_fields_check(f, (const struct eu_stream *const *)&st, 1, NULL);
	eu_layout_free(value);
	eu_fields_free(f);
}

static void order(const char *text, const struct eu_stream *st,
		  struct eu_record *r)
{
	const char *unknown;
	struct eu_gather *g;

	if (eu_gather_new(text, st, 0, &g, &unknown, NULL))
		return;
	r->size = sizeof(struct filtered);
	eu_gather_add(g, r);
	r->size = 7;
	eu_gather_add(g, r);
	eu_gather_free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filtered sample = filtered_sample();
	struct eu_stream st = { .name = "rb" };
	struct eu_record r = { .stream = &st, .data = &sample };
	char text[MAX_INPUT + 1];
	struct eu_layout *l;
	struct btf *btf;
	int id;

	size = eu_min(size, (size_t)MAX_INPUT);
	memcpy(text, data, size);
	text[size] = '\0';
	id = filtered_btf(&btf);
	if (eu_layout_new(btf, (uint32_t)id, &l, NULL))
		__builtin_trap();
	st.value = l;
	filter(text, &st, &r);
	choose(text, &st);
	order(text, &st, &r);
	eu_layout_free(l);
	btf__free(btf);
	return 0;
}
