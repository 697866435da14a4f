/* SPDX-License-Identifier: MIT */
#include "cc/settle.h"

#include <errno.h>
#include <string.h>

#include "cc/refs.h"

/* A forward declaration of the block at the end. */
struct fwd {
	struct btf_type type;
	uint32_t id;
	char *name;
	bool moves; /* its name is among the last strings */
};

struct block {
	struct fwd *list;
	uint32_t first, n;
	uint32_t names; /* offset of the first string that moves */
	uint32_t *ids;	/* new one of each, by old one less @first */
};

static const char *name_at(const struct btf *btf, uint32_t off)
{
	return btf__name_by_offset(btf, off) ?: "";
}

static void remap(void *ctx, uint32_t *id, uint32_t i)
{
	const struct block *b = ctx;

	(void)i;
	if (*id >= b->first && *id - b->first < b->n)
		*id = b->ids[*id - b->first];
}

static int by_name(const void *a, const void *b)
{
	const struct fwd *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r ? r :
		   (x->type.info > y->type.info) - (x->type.info < y->type.info);
}

static int by_offset(const void *a, const void *b)
{
	const struct fwd *x = a, *y = b;

	return (x->type.name_off > y->type.name_off) -
	       (x->type.name_off < y->type.name_off);
}

static int find_block(const struct btf *btf, struct block *b)
{
	uint32_t end = btf__type_cnt(btf);

	for (b->first = end; b->first > 1; b->first--)
		if (!btf_is_fwd(eu_type_at(btf, b->first - 1)))
			break;
	b->n = end - b->first;
	b->list = calloc(b->n + 1, sizeof(*b->list));
	b->ids = calloc(b->n + 1, sizeof(*b->ids));
	if (!b->list || !b->ids)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->n; i++) {
		b->list[i].id = b->first + i;
		b->list[i].type = *eu_type_at(btf, b->first + i);
		b->list[i].name = strdup(name_at(btf, b->list[i].type.name_off));
		if (!b->list[i].name)
			return -ENOMEM;
	}
	return 0;
}

static uint32_t last_of(uint32_t last, uint32_t off)
{
	return off > last ? off : last;
}

/* The offset of the last string that another type uses. */
static uint32_t last_name(const struct btf *btf, uint32_t end)
{
	const struct btf_type *t;
	uint32_t last = 0;

	for (uint32_t id = 1; id < end; id++) {
		t = eu_type_at(btf, id);
		last = last_of(last, t->name_off);
		for (uint32_t i = 0; i < btf_vlen(t); i++)
			if (btf_is_composite(t))
				last = last_of(last, btf_members(t)[i].name_off);
			else if (btf_is_enum(t))
				last = last_of(last, btf_enum(t)[i].name_off);
			else if (btf_is_enum64(t))
				last = last_of(last, btf_enum64(t)[i].name_off);
			else if (btf_is_func_proto(t))
				last = last_of(last, btf_params(t)[i].name_off);
	}
	return last;
}

/*
 * The names that these types brought along lie at the end of the strings, one
 * after the other. Those that something else had named before stay.
 */
static void find_names(const struct btf *btf, struct block *b)
{
	const uint32_t last = last_name(btf, b->first);
	struct fwd *f;

	qsort(b->list, b->n, sizeof(*b->list), by_offset);
	for (uint32_t i = b->n; i > 0; i--) {
		f = &b->list[i - 1];
		if (f->type.name_off <= last ||
		    (i < b->n &&
		     f->type.name_off + strlen(f->name) + 1 != b->names))
			break;
		f->moves = true;
		b->names = f->type.name_off;
	}
}

static void write_block(struct btf *btf, struct block *b)
{
	char *to = (char *)name_at(btf, b->names);
	uint32_t off = b->names;

	qsort(b->list, b->n, sizeof(*b->list), by_name);
	for (uint32_t i = 0; i < b->n; i++) {
		struct fwd *f = &b->list[i];

		b->ids[f->id - b->first] = b->first + i;
		if (f->moves) {
			memcpy(to + (off - b->names), f->name,
			       strlen(f->name) + 1);
			f->type.name_off = off;
			off += strlen(f->name) + 1;
		}
		*eu_type_at(btf, b->first + i) = f->type;
	}
	for (uint32_t id = 1; id < b->first; id++)
		eu_refs_foreach(eu_type_at(btf, id), remap, b);
}

int eu_settle(struct btf *btf, struct eu_error *err)
{
	struct block b = { 0 };
	int r;

	r = find_block(btf, &b);
	if (!r && b.n > 1) {
		find_names(btf, &b);
		write_block(btf, &b);
	}
	for (uint32_t i = 0; b.list && i < b.n; i++)
		free(b.list[i].name);
	free(b.list);
	free(b.ids);
	return r ? eu_error_oom(err) : 0;
}
