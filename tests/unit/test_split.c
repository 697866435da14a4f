/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "btf/split.h"
#include "btf/wanted.h"

enum { WORDS = 400000, BLOCK = 60000 };

/* BTF with strings of its own and the words of its types. */
struct sample {
	struct btf_header h;
	char strings[16];
	uint32_t words[WORDS]; /* last: nothing may be read behind them */
};

static const char strings[] = "\0x\0other___old";
enum { X = 1, OTHER = 3 };

static struct sample sample;
static uint32_t at; /* words that are there */

static void put(uint32_t a, uint32_t b, uint32_t c)
{
	assert_true(at + 3 <= WORDS);
	sample.words[at++] = a;
	sample.words[at++] = b;
	sample.words[at++] = c;
}

static void put_type(uint32_t kind, uint32_t vlen)
{
	put(X, kind << 24 | vlen, 4);
}

/* Types of many sizes, up to about @end words. */
static void put_types(uint32_t end)
{
	for (uint32_t i = 0; at < end; i++) {
		put_type(BTF_KIND_STRUCT, i % 7);
		for (uint32_t k = 0; k < i % 7; k++)
			put(1, 1, k * 32);
		put_type(BTF_KIND_PTR, 0);
		put_type(BTF_KIND_ARRAY, 0);
		put(1, 1, 3);
		put(OTHER, BTF_KIND_TYPEDEF << 24, 1);
	}
}

/* A struct whose members look like pointers from the first to the last. */
static void put_lookalikes(uint32_t n)
{
	put_type(BTF_KIND_STRUCT, n);
	while (n--)
		put(1, BTF_KIND_PTR << 24, 0);
}

static size_t finish(void)
{
	const uint32_t len = at * 4;

	sample.h = (struct btf_header){
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(sample.h),
		.type_off = sizeof(sample.strings),
		.type_len = len,
		.str_len = sizeof(strings),
	};
	memcpy(sample.strings, strings, sizeof(strings));
	at = 0;
	return offsetof(struct sample, words) + len;
}

struct count {
	const struct eu_rawbtf *raw;
	uint32_t id; /* of the next type */
	uint32_t off;
	uint32_t kinds;
	uint32_t stop; /* at this id */
	uint32_t n;
};

static const struct btf_type *type_at(const struct count *c)
{
	return (const void *)(c->raw->data + c->raw->types + c->off);
}

/* Is it the next one of these kinds, counted one by one? */
static int check(void *ctx, uint32_t id, const struct btf_type *t)
{
	struct count *c = ctx;

	while (c->id < id) {
		c->off += eu_rawbtf_type_size(type_at(c));
		c->id++;
		if (c->id < id)
			assert_false(c->kinds >> BTF_INFO_KIND(type_at(c)->info) &
				     1);
	}
	assert_ptr_equal(t, type_at(c));
	assert_true(c->kinds >> BTF_INFO_KIND(t->info) & 1);
	c->n++;
	return id == c->stop ? -EINTR : 0;
}

/* How many bytes from the first on the parts are to be believed for. */
static uint32_t believed(const struct eu_rawbtf *raw, size_t *ret_parts)
{
	struct eu_rawbtf_place *marks = calloc(eu_split_marks(raw->types_len),
					       sizeof(*marks));
	eu_auto_split struct eu_split s = { 0 };
	uint32_t off = 0;

	*ret_parts = 0;
	if (eu_split_walk(&s, raw, marks, 0, NULL)) {
		*ret_parts = s.n;
		for (size_t i = 0; i < s.n && s.parts[i].start == off; i++)
			off = s.parts[i].at;
	}
	free(marks);
	return off;
}

static int scan(struct eu_rawbtf *raw, struct count *c, struct eu_error *err)
{
	c->raw = raw;
	c->id = 1;
	return eu_rawbtf_scan(raw, c->kinds, NULL, check, c, err);
}

/* By id, in an order that is none. */
static void every_type_is_found(struct eu_rawbtf *raw)
{
	struct count c = { .raw = raw };
	uint32_t *offs = calloc(raw->n_types + 1, sizeof(*offs)), id;

	for (id = 1; id <= raw->n_types; id++) {
		offs[id] = c.off;
		c.off += eu_rawbtf_type_size(type_at(&c));
	}
	assert_int_equal(c.off, raw->types_len);
	for (uint32_t i = 0; i < raw->n_types; i++) {
		id = i * 7919ull % raw->n_types + 1;
		c.off = offs[id];
		assert_ptr_equal(eu_rawbtf_type(raw, id), type_at(&c));
	}
	free(offs);
}

static void all_parts_of_what_is_regular(void **state)
{
	struct eu_rawbtf raw = EU_RAWBTF;
	struct count c = { .kinds = EU_BTF_BIT(STRUCT) | EU_BTF_BIT(ARRAY) };
	size_t len, parts;

	(void)state;
	put_types(WORDS - 100);
	len = finish();
	assert_int_equal(eu_rawbtf_init(&raw, &sample, len, NULL), 0);
	assert_int_equal(believed(&raw, &parts), raw.types_len);
	assert_int_equal(parts, EU_SPLIT_PARTS);
	assert_int_equal(scan(&raw, &c, NULL), 0);
	assert_int_equal(c.n, raw.n_types / 4 * 2);
	every_type_is_found(&raw);
	/* Again, and only up to one in the middle. */
	c = (struct count){ .kinds = c.kinds, .stop = raw.n_types / 8 * 4 + 1 };
	assert_int_equal(scan(&raw, &c, NULL), -EINTR);
	assert_int_equal(c.n, raw.n_types / 8 * 2 + 1);
	eu_rawbtf_done(&raw);
}

static void only_names_that_may_be_wanted(void **state)
{
	eu_auto_wanted struct eu_wanted wanted = { 0 };
	struct count c = { .kinds = EU_BTF_BIT(TYPEDEF) };
	struct eu_rawbtf raw = EU_RAWBTF;
	size_t len;

	(void)state;
	put_types(WORDS - 100);
	len = finish();
	assert_int_equal(eu_rawbtf_init(&raw, &sample, len, NULL), 0);
	assert_int_equal(eu_wanted_type(&wanted, "other", BTF_KIND_TYPEDEF, 1),
			 0);
	assert_int_equal(eu_wanted_type(&wanted, "else", BTF_KIND_STRUCT, 1), 0);
	c.raw = &raw;
	c.id = 1;
	assert_int_equal(eu_rawbtf_scan(&raw, 0, &wanted, check, &c, NULL), 0);
	assert_int_equal(c.n, raw.n_types / 4);
	eu_rawbtf_done(&raw);
}

/* More than there is room for: the rest is walked as if there were no parts. */
static void more_than_is_kept(void **state)
{
	struct count c = { .kinds = EU_BTF_BIT(PTR) };
	struct eu_rawbtf raw = EU_RAWBTF;
	size_t len;

	(void)state;
	while (at < WORDS - 100)
		put_type(BTF_KIND_PTR, 0);
	len = finish();
	assert_int_equal(eu_rawbtf_init(&raw, &sample, len, NULL), 0);
	assert_int_equal(scan(&raw, &c, NULL), 0);
	assert_int_equal(c.n, raw.n_types);
	every_type_is_found(&raw);
	eu_rawbtf_done(&raw);
}

static void small_ones_are_not_cut(void **state)
{
	struct eu_rawbtf raw = EU_RAWBTF;
	size_t len, parts;

	(void)state;
	put_types(1000);
	len = finish();
	assert_int_equal(eu_rawbtf_init(&raw, &sample, len, NULL), 0);
	assert_int_equal(believed(&raw, &parts), 0);
	assert_int_equal(parts, 0);
	eu_rawbtf_done(&raw);
}

/* Parts start where no type does. What was found there counts for nothing. */
static void types_that_are_none(void **state)
{
	struct eu_rawbtf raw = EU_RAWBTF;
	struct count c = { .kinds = EU_BTF_BIT(PTR) };
	uint32_t n = 0, off;
	size_t len, parts;

	(void)state;
	put_types(50000);
	put_lookalikes(BLOCK);
	put_types(WORDS - 100);
	len = finish();
	assert_int_equal(eu_rawbtf_init(&raw, &sample, len, NULL), 0);
	off = believed(&raw, &parts);
	assert_int_equal(parts, EU_SPLIT_PARTS);
	assert_in_range(off, 50000 * 4, (50000 + 3 * BLOCK) * 4 + 100);
	assert_int_equal(scan(&raw, &c, NULL), 0);
	every_type_is_found(&raw);
	for (uint32_t id = 1; id <= raw.n_types; id++)
		n += BTF_INFO_KIND(eu_rawbtf_type(&raw, id)->info) ==
		     BTF_KIND_PTR;
	assert_int_equal(c.n, n);
	eu_rawbtf_done(&raw);
}

/* No start is found in a struct of this size: one part is as long as two. */
static void a_start_that_is_not_found(void **state)
{
	struct eu_rawbtf raw = EU_RAWBTF;
	size_t len, parts;

	(void)state;
	put_types(50000);
	put_type(BTF_KIND_STRUCT, BLOCK);
	for (uint32_t i = 0; i < BLOCK; i++)
		put(1, 1, i * 32);
	put_types(WORDS - 100);
	len = finish();
	assert_int_equal(eu_rawbtf_init(&raw, &sample, len, NULL), 0);
	assert_int_equal(believed(&raw, &parts), raw.types_len);
	assert_in_range(parts, 2, EU_SPLIT_PARTS - 3);
	assert_int_equal(eu_rawbtf_scan(&raw, 0, NULL, NULL, NULL, NULL), 0);
	every_type_is_found(&raw);
	eu_rawbtf_done(&raw);
}

static void a_kind_that_is_not_known(void **state)
{
	static const uint32_t places[] = { 30, WORDS / 2, WORDS - 200 };
	struct count c = { .kinds = EU_BTF_BIT(TYPEDEF) };
	struct eu_rawbtf raw = EU_RAWBTF;
	struct eu_error err;
	char text[80];
	uint32_t id;
	size_t len;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(places); i++) {
		put_types(places[i]);
		put_type(31, 0);
		put_types(WORDS - 100);
		len = finish();
		assert_int_equal(eu_rawbtf_init(&raw, &sample, len, NULL), 0);
		c.off = c.n = 0;
		assert_int_equal(scan(&raw, &c, &err), -EOPNOTSUPP);
		/* The one behind the last typedef. */
		id = c.id + 1;
		snprintf(text, sizeof(text),
			 "type %u is of kind 31, which is not known", id);
		assert_string_equal(err.text, text);
		assert_int_equal(c.n, (id - 1) / 4);
		eu_rawbtf_done(&raw);
	}
}

static void a_type_that_is_cut_off(void **state)
{
	static const uint32_t members[] = { 1, 60000 };
	struct eu_rawbtf raw = EU_RAWBTF;
	size_t len;
	void *p;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(members) * 3; i++) {
		put_types(WORDS - 100);
		put_type(BTF_KIND_STRUCT, members[i / 3]);
		at -= i % 3;
		len = finish();
		p = malloc(len);
		assert_non_null(p);
		memcpy(p, &sample, len);
		assert_int_equal(eu_rawbtf_init(&raw, p, len, NULL), 0);
		assert_int_equal(eu_rawbtf_scan(&raw, 0, NULL, NULL, NULL, NULL),
				 -EBADMSG);
		eu_rawbtf_done(&raw);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_parts_of_what_is_regular),
		cmocka_unit_test(only_names_that_may_be_wanted),
		cmocka_unit_test(more_than_is_kept),
		cmocka_unit_test(small_ones_are_not_cut),
		cmocka_unit_test(types_that_are_none),
		cmocka_unit_test(a_start_that_is_not_found),
		cmocka_unit_test(a_kind_that_is_not_known),
		cmocka_unit_test(a_type_that_is_cut_off),
	};

	return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
