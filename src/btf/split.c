/* SPDX-License-Identifier: MIT */
#include "btf/split.h"

#include "btf/wanted.h"

enum {
	LANES = 4,
	MIN_PART = 32 << 10, /* bytes of a part that is worth it */
	SEARCH = 32 << 10,   /* bytes in which a start is looked for */
	ROW = 16,	     /* types in a row that make a start */
	MAX_SEEN = 1 << 14,  /* types that a lane keeps */
	BURST = EU_RAWBTF_STRIDE,
	SMALLEST = sizeof(struct btf_type),
};

/* The size of a type by a look into a table: linear in its members. */
struct sizes {
	uint8_t head[32], member[32];
};

struct walk {
	const char *types, *strings;
	uint32_t strings_len;
	uint32_t kinds; /* all of which are kept, */
	uint32_t named; /* and those that are if the name may be wanted */
	const struct eu_wanted *wanted;
	struct sizes sizes;
};

static void learn_sizes(struct sizes *s)
{
	struct btf_type t = { 0 };

	for (uint32_t kind = 0; kind < EU_COUNT(s->head); kind++) {
		t.info = kind << 24;
		s->head[kind] = eu_rawbtf_type_size(&t);
		t.info |= 1;
		s->member[kind] = eu_rawbtf_type_size(&t) - s->head[kind];
	}
}

/*
 * Within a type most words have no kind: ids and offsets are too small for one.
 */
static bool may_be_type(const struct eu_rawbtf *raw, const struct btf_type *t)
{
	const uint32_t unused = 0x60ff0000;

	return eu_rawbtf_type_size(t) && !(t->info & unused) &&
	       t->name_off < raw->strings_len &&
	       (!t->name_off || !raw->data[raw->strings + t->name_off - 1]);
}

static bool may_start(const struct eu_rawbtf *raw, uint32_t off)
{
	const struct btf_type *t;

	for (int i = 0; i < ROW; i++) {
		if (off > raw->types_len - SMALLEST)
			return false;
		t = (const void *)(raw->data + raw->types + off);
		if (!may_be_type(raw, t))
			return false;
		off += eu_rawbtf_type_size(t);
	}
	return true;
}

/* A start at @off or not far behind it; 0 if there is none. */
static uint32_t find_start(const struct eu_rawbtf *raw, uint32_t off)
{
	for (uint32_t end = off + SEARCH; off < end; off += 4) {
		if (may_start(raw, off))
			return off;
	}
	return 0;
}

/*
 * Each burst makes a mark. Most are as long as can be; a few end with a part,
 * theirs or one beside it.
 */
enum { MORE_MARKS = EU_SPLIT_PARTS + 2 };

size_t eu_split_marks(uint32_t len)
{
	return len / (SMALLEST * BURST) + EU_SPLIT_PARTS * MORE_MARKS;
}

static void add_part(struct eu_split *s, struct eu_rawbtf_place *marks,
		     uint32_t start)
{
	s->parts[s->n] = (struct eu_split_part){
		.start = start,
		.at = start,
		.marks = marks + start / (SMALLEST * BURST) + s->n * MORE_MARKS,
	};
	if (s->n)
		s->parts[s->n - 1].end = start;
	s->n++;
}

static void cut(struct eu_split *s, const struct eu_rawbtf *raw,
		struct eu_rawbtf_place *marks, size_t n)
{
	uint32_t step = raw->types_len / n / 4 * 4, start;

	add_part(s, marks, 0);
	for (size_t i = 1; i < n; i++) {
		start = find_start(raw, i * step);
		if (start > s->parts[s->n - 1].start)
			add_part(s, marks, start);
	}
	/* A type that is cut off is not looked at. */
	s->parts[s->n - 1].end = raw->types_len - SMALLEST + 1;
}

static bool may_be_wanted(const struct walk *w, const struct btf_type *t)
{
	if (w->kinds >> BTF_INFO_KIND(t->info) & 1)
		return true;
	/* A name that is none is for the caller to complain of. */
	return t->name_off >= w->strings_len ||
	       eu_wanted_may_be_type(w->wanted, w->strings + t->name_off,
				     w->strings_len - t->name_off);
}

/*
 * A part for as long as a burst. Which type comes next cannot be foreseen, so
 * no branch depends on it: what is kept is sorted out afterwards.
 */
struct lane {
	uint32_t at, end, n, n_kept;
	struct eu_rawbtf_place *kept; /* types of kinds that are asked for */
};

static struct lane begin(struct eu_split_part *p, struct eu_rawbtf_place *kept)
{
	p->marks[p->n_marks++] = (struct eu_rawbtf_place){ p->n, p->at };
	return (struct lane){ p->at, p->end, p->n, 0, kept };
}

/* One type further; false if there is none. */
static inline bool step(const struct walk *w, struct lane *l)
{
	const struct btf_type *t = (const void *)(w->types + l->at);
	uint32_t kind, head;

	if (l->at >= l->end)
		return false;
	kind = BTF_INFO_KIND(t->info);
	head = w->sizes.head[kind];
	if (!head)
		return false;
	l->kept[l->n_kept] = (struct eu_rawbtf_place){ l->n++, l->at };
	l->n_kept += (w->kinds | w->named) >> kind & 1;
	l->at += head + BTF_INFO_VLEN(t->info) * w->sizes.member[kind];
	return true;
}

static void end(const struct walk *w, struct eu_split_part *p, struct lane *l)
{
	const struct eu_rawbtf_place *k = l->kept;

	for (uint32_t i = 0; i < l->n_kept; i++, k++) {
		if (!may_be_wanted(w, (const void *)(w->types + k->off)))
			continue;
		if (p->n_seen == p->max_seen) {
			p->stuck = true;
			l->at = k->off;
			l->n = k->id;
			break;
		}
		p->seen[p->n_seen++] = *k;
	}
	p->at = l->at;
	p->n = l->n;
}

static bool is_type(const struct walk *w, uint32_t at)
{
	const struct btf_type *t = (const void *)(w->types + at);

	return w->sizes.head[BTF_INFO_KIND(t->info)];
}

/* Until one of the four is at its end, or for a burst. */
static void walk_four(const struct walk *w, struct eu_split_part *const p[LANES])
{
	struct eu_rawbtf_place kept[LANES][BURST];
	struct lane a = begin(p[0], kept[0]), b = begin(p[1], kept[1]),
		    c = begin(p[2], kept[2]), d = begin(p[3], kept[3]);

	for (int i = 0; i < BURST && step(w, &a) && step(w, &b) &&
			step(w, &c) && step(w, &d);
	     i++)
		;
	end(w, p[0], &a);
	end(w, p[1], &b);
	end(w, p[2], &c);
	end(w, p[3], &d);
}

static void walk_one(const struct walk *w, struct eu_split_part *p)
{
	struct eu_rawbtf_place kept[BURST];
	struct lane a = begin(p, kept);

	for (int i = 0; i < BURST && step(w, &a); i++)
		;
	end(w, p, &a);
}

static bool is_over(const struct walk *w, struct eu_split_part *p)
{
	p->stuck = p->stuck || (p->at < p->end && !is_type(w, p->at));
	return p->stuck || p->at >= p->end;
}

/* The next part takes the lane of @p, or the room for what lanes keep. */
static struct eu_split_part *next_part(struct eu_split *s, size_t *next,
				       const struct eu_split_part *p)
{
	struct eu_split_part *q = &s->parts[(*next)++];

	q->seen = p ? p->seen + p->n_seen : s->seen + (q - s->parts) * MAX_SEEN;
	q->max_seen = p ? p->max_seen - p->n_seen : s->seen ? MAX_SEEN : 0;
	return q;
}

static void walk_all(const struct walk *w, struct eu_split *s)
{
	struct eu_split_part *lanes[LANES];
	size_t n = 0, next = 0;

	while (n < eu_min((size_t)LANES, s->n))
		lanes[n++] = next_part(s, &next, NULL);
	while (n == LANES) {
		walk_four(w, lanes);
		for (size_t i = 0; i < n;) {
			if (!is_over(w, lanes[i]))
				i++;
			else if (next < s->n)
				lanes[i] = next_part(s, &next, lanes[i]);
			else
				lanes[i] = lanes[--n];
		}
	}
	for (size_t i = 0; i < n; i++) {
		while (!is_over(w, lanes[i]))
			walk_one(w, lanes[i]);
	}
}

bool eu_split_walk(struct eu_split *s, const struct eu_rawbtf *raw,
		   struct eu_rawbtf_place *marks, uint32_t kinds,
		   const struct eu_wanted *wanted)
{
	size_t n = eu_min((uint32_t)EU_SPLIT_PARTS, raw->types_len / MIN_PART);
	struct walk w = {
		.kinds = kinds,
		.named = wanted ? wanted->kinds : 0,
		.wanted = wanted,
		.strings_len = raw->strings_len,
	};
	struct eu_rawbtf_place *seen = NULL;

	if (!raw->data || raw->base || n < LANES)
		return false;
	/* The kernel gives pages as they are used. */
	if (w.kinds | w.named)
		seen = malloc(LANES * MAX_SEEN * sizeof(*seen));
	if ((w.kinds | w.named) && !seen)
		return false;
	*s = (struct eu_split){ .seen = seen };
	w.types = raw->data + raw->types;
	w.strings = raw->data + raw->strings;
	learn_sizes(&w.sizes);
	cut(s, raw, marks, n);
	walk_all(&w, s);
	return true;
}

void eu_split_done(struct eu_split *s)
{
	if (!s)
		return;
	free(s->seen);
	*s = (struct eu_split){ 0 };
}
