/* SPDX-License-Identifier: MIT */
#include "out/field.h"

#include <errno.h>
#include <string.h>

#include "out/value.h"
#include "rt/source.h"

/* Members of records for those who take them as bytes. */

/* What an embedder holds is its first member. */
struct eu_reader {
	struct eu_field field;
	char *text; /* room for its longest */
};

enum { MAX_READERS = 65536 };

static const struct eu_stream *find_stream(const struct eu_program *p,
					   const char *map, struct eu_error *err)
{
	for (size_t i = 0; i < p->n_sources; i++)
		if (!strcmp(p->sources[i].stream.name, map))
			return &p->sources[i].stream;
	eu_error_set(err, -ENOENT,
		     "no records come from a map '%s'; they do from", map);
	for (size_t i = 0; i < p->n_sources; i++)
		eu_error_append(err, -ENOENT, "%s '%s'", i ? "," : "",
				p->sources[i].stream.name);
	return NULL;
}

static struct eu_reader *new_reader(const struct eu_field *f)
{
	struct eu_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->field = *f;
	r->text = malloc(f->layout->max_json + 1);
	if (r->text)
		return r;
	free(r);
	return NULL;
}

static void free_reader(struct eu_reader *r)
{
	if (!r)
		return;
	free(r->text);
	free(r);
}

int eu_program_field(struct eu_program *p, const char *map, const char *path,
		     const struct eu_field **ret, struct eu_error *err)
{
	const struct eu_stream *st;
	struct eu_reader *reader;
	struct eu_field f;
	int r;

	if (p->phase != EU_PHASE_ATTACHED)
		return eu_program_expect(p, EU_PHASE_ATTACHED, err);
	st = find_stream(p, map, err);
	if (!st)
		return -ENOENT;
	if (!eu_field_find(st, path, strlen(path), &f)) {
		eu_error_set(err, -ENOENT, "map '%s' has no '%s' but ", map,
			     path);
		eu_field_list(st, err);
		return -ENOENT;
	}
	r = eu_array_grow(&p->readers, p->n_readers, sizeof(*p->readers),
			  MAX_READERS);
	if (r)
		return eu_error_grow(err, r, MAX_READERS, "fields");
	reader = new_reader(&f);
	if (!reader)
		return eu_error_oom(err);
	p->readers[p->n_readers++] = reader;
	*ret = &reader->field;
	return 0;
}

void eu_readers_free(struct eu_program *p)
{
	while (p->n_readers)
		free_reader(p->readers[--p->n_readers]);
	free(p->readers);
}

/* Where the struct that holds it lies, and what is there of that. */
static const char *place_of(const struct eu_field *f, const void *key,
			    const void *data, size_t size, size_t *ret_size)
{
	const struct eu_record r = { .key = key, .data = data, .size = size };

	return eu_field_at(f, &r, ret_size);
}

static bool is_integer(const struct eu_step *s)
{
	switch (s->kind) {
	case EU_STEP_UINT:
	case EU_STEP_INT:
	case EU_STEP_BOOL:
	case EU_STEP_POINTER:
	case EU_STEP_ENUM:
	case EU_STEP_BITS:
	case EU_STEP_SBITS: return true;
	default: return false;
	}
}

int eu_field_int(const struct eu_field *f, const void *key, const void *data,
		 size_t size, int64_t *ret)
{
	const char *at = place_of(f, key, data, size, &size);

	if (!is_integer(&f->step))
		return -EINVAL;
	if ((uint64_t)f->step.offset + f->step.size > size)
		return -ENODATA;
	*ret = eu_value_int(&f->step, at, size);
	return 0;
}

int eu_field_text(const struct eu_field *f, const void *key, const void *data,
		  size_t size, char *text, size_t room)
{
	const struct eu_reader *r = (const struct eu_reader *)f;
	const char *at = place_of(f, key, data, size, &size);
	size_t columns, n, kept;

	n = (size_t)(eu_value_text(r->text, f->layout, &f->step, at, size,
				   &columns) -
		     r->text);
	if (room) {
		kept = eu_min(n, room - 1);
		memcpy(text, r->text, kept);
		text[kept] = '\0';
	}
	return (int)n;
}

int eu_program_json(struct eu_program *p, const char *map, const void *key,
		    const void *data, size_t size, eu_write_fn write, void *ctx,
		    struct eu_error *err)
{
	const struct eu_stream *st;
	struct eu_stream shown;
	struct eu_record r;
	struct eu_sink s;
	int ret;

	if (p->phase != EU_PHASE_ATTACHED)
		return eu_program_expect(p, EU_PHASE_ATTACHED, err);
	st = find_stream(p, map, err);
	if (!st)
		return -ENOENT;
	/* A view of its own: the stream may be in use by the program's sink. */
	shown = *st;
	shown.view = NULL;
	shown.n_stacks = 0;
	r = (struct eu_record){
		.stream = &shown,
		.key = key,
		.data = data,
		.size = size,
	};
	ret = eu_sink_init(&s, "json", write, ctx, err);
	if (!ret)
		ret = eu_sink_begin(&s, &shown, err);
	if (!ret) {
		eu_sink_record(&s, &r);
		ret = eu_sink_flush(&s);
		if (ret)
			eu_error_set(err, ret, "cannot write: %s",
				     strerror(-ret));
	}
	eu_sink_finish(&s, &shown);
	eu_sink_done(&s);
	return ret;
}
