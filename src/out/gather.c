/* SPDX-License-Identifier: MIT */
#include "out/gather.h"

#include <errno.h>
#include <string.h>

#include "out/value.h"

enum {
	MAX_RECORDS = 1 << 20,
	MAX_BYTES = 256 << 20,
	MAX_ORDER = 16,
	SPARE = 4096, /* records beyond those that are handed on */
};

struct by {
	struct eu_field field;
	enum eu_field_way way;
	bool down;
};

struct kept {
	struct eu_record record;
	uint64_t number; /* in the order in which they came */
	size_t bytes;
	const struct eu_gather *gather;
	struct eu_stack stacks[];
};

struct eu_gather {
	struct by by[MAX_ORDER];
	size_t n_by;
	uint64_t head;
	struct kept **kept;
	size_t n, bytes;
	uint64_t seen, left_out;
};

static int add_name(struct eu_gather *g, const struct eu_stream *st,
		    const char *name, size_t len, const char **unknown,
		    struct eu_error *err)
{
	struct by b = { .down = *name == '-' };

	if (*name == '-' || *name == '+') {
		name++;
		len--;
	}
	if (!len)
		return eu_error_set(err, -EINVAL, "sort: a name is missing");
	if (g->n_by == MAX_ORDER)
		return eu_error_set(err, -E2BIG, "sort: more than %d names",
				    MAX_ORDER);
	if (!eu_field_find(st, name, len, &b.field)) {
		*unknown = *unknown ?: name;
		return 0;
	}
	b.way = eu_field_way(&b.field.step);
	if (b.way == EU_FIELD_NONE)
		return eu_error_set(
			err, -EINVAL,
			"sort: '%.*s' is an array, a struct or bytes, which have no order",
			(int)len, name);
	g->by[g->n_by++] = b;
	return 0;
}

int eu_gather_new(const char *order, const struct eu_stream *st, uint64_t head,
		  struct eu_gather **ret, const char **ret_unknown,
		  struct eu_error *err)
{
	struct eu_gather *g = calloc(1, sizeof(*g));
	size_t len;
	int r = 0;

	if (!g)
		return eu_error_oom(err);
	*ret_unknown = NULL;
	g->head = head ?: UINT64_MAX;
	for (; !r; order += len + 1) {
		len = strcspn(order, ",");
		r = add_name(g, st, order, len, ret_unknown, err);
		if (!order[len])
			break;
	}
	if (r) {
		eu_gather_free(g);
		return r;
	}
	*ret = g;
	return 0;
}

static void drop(struct eu_gather *g, size_t from)
{
	while (g->n > from) {
		g->bytes -= g->kept[--g->n]->bytes;
		free(g->kept[g->n]);
	}
}

void eu_gather_free(struct eu_gather *g)
{
	if (!g)
		return;
	drop(g, 0);
	free(g->kept);
	free(g);
}

static int order_of(const struct by *b, const struct eu_record *x,
		    const struct eu_record *y)
{
	size_t nx, ny;
	const char *dx = eu_field_at(&b->field, x, &nx);
	const char *dy = eu_field_at(&b->field, y, &ny);
	bool hx = eu_value_whole(&b->field.step, nx);
	bool hy = eu_value_whole(&b->field.step, ny);
	int order;

	if (!hx || !hy)
		return hy - hx;
	order = eu_field_order(&b->field, b->way, dx, nx, dy, ny);
	return b->down ? -order : order;
}

static int compare(const void *a, const void *b)
{
	const struct kept *x = *(struct kept *const *)a;
	const struct kept *y = *(struct kept *const *)b;
	const struct eu_gather *g = x->gather;
	int order = 0;

	for (size_t i = 0; i < g->n_by && !order; i++)
		order = order_of(&g->by[i], &x->record, &y->record);
	return order ?: (x->number > y->number) - (x->number < y->number);
}

static void sort(struct eu_gather *g)
{
	if (g->n)
		qsort(g->kept, g->n, sizeof(*g->kept), compare);
}

/* Key, data and stacks behind each other, each where a number may stand. */
static size_t aligned(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static struct kept *copy(const struct eu_gather *g, const struct eu_record *r)
{
	const struct eu_stream *st = r->stream;
	size_t key = st->key ? st->key->size : 0, n = st->n_stacks;
	size_t bytes = sizeof(struct kept) + n * sizeof(struct eu_stack) +
		       aligned(key) + aligned(r->size);
	struct kept *k;
	char *to;

	for (size_t i = 0; i < n; i++)
		bytes += r->stacks[i].n * sizeof(uint64_t);
	k = malloc(bytes);
	if (!k)
		return NULL;
	k->record = *r;
	k->bytes = bytes;
	k->gather = g;
	to = (char *)&k->stacks[n];
	for (size_t i = 0; i < n; i++) {
		k->stacks[i] = r->stacks[i];
		k->stacks[i].addrs = memcpy(to, r->stacks[i].addrs,
					    r->stacks[i].n * sizeof(uint64_t));
		to += r->stacks[i].n * sizeof(uint64_t);
	}
	k->record.stacks = n ? k->stacks : NULL;
	if (key)
		k->record.key = memcpy(to, r->key, key);
	to += aligned(key);
	k->record.data = memcpy(to, r->data, r->size);
	return k;
}

int eu_gather_add(struct eu_gather *g, const struct eu_record *r)
{
	size_t keep = eu_min(g->head, (uint64_t)MAX_RECORDS);
	struct kept *k;
	int e;

	if (g->n == keep + SPARE || g->bytes > MAX_BYTES) {
		sort(g);
		if (g->bytes > MAX_BYTES)
			keep = eu_min(keep, g->n - g->n / 4);
		if (g->head > keep)
			g->left_out += g->n - eu_min(g->n, keep);
		drop(g, keep);
	}
	e = eu_array_grow(&g->kept, g->n, sizeof(struct kept *),
			  MAX_RECORDS + SPARE + 1);
	if (e)
		return e;
	k = copy(g, r);
	if (!k)
		return -ENOMEM;
	k->number = g->seen++;
	g->bytes += k->bytes;
	g->kept[g->n++] = k;
	return 0;
}

int64_t eu_gather_flush(struct eu_gather *g, struct eu_sink *s)
{
	uint64_t left_out = g->left_out;
	int r = 0;

	sort(g);
	for (size_t i = 0; i < eu_min((uint64_t)g->n, g->head) && !r; i++) {
		eu_sink_record(s, &g->kept[i]->record);
		r = eu_sink_full(s) ? eu_sink_flush(s) : 0;
	}
	drop(g, 0);
	g->left_out = 0;
	return r ?: (int64_t)left_out;
}
