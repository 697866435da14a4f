/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "btf_text.h"
#include "rt/stacks.h"

/* Which members are stacks, and what is read of them. */

static const char types[] =
	"int int 4\n"		   /* 1 */
	"int long 8\n"		   /* 2 */
	"array 2 4\n"		   /* 3 */
	"typedef user_stack_t 3\n" /* 4 */
	"array 1 4\n"		   /* 5 */
	"struct sized 80 pid:1@0 tgid:1@32 ustack_sz:2@64 ustack:3@128 kstack:3@384\n"
	"struct typed 32 calls:4@0\n"
	"struct plain 48 ustack:5@0 kstack:2@128 kstack_id:1@192\n"
	"struct old 40 who:1@0 n:1@32 calls:3@64\n"
	"struct both 16 pid_tgid:2@0 n:2@64\n"
	"struct many 288 kstack:3@0 ustack:3@256 kern_stack:3@512 user_stack:3@768 kstack_id:3@1024 ustack_id:3@1280 kern_stack_id:3@1536 user_stack_id:3@1792 kernel_stack:3@2048\n";
enum { ID_SIZED = 6, ID_TYPED, ID_PLAIN, ID_OLD, ID_BOTH, ID_MANY };

struct sized {
	int pid, tgid;
	int64_t ustack_sz;
	uint64_t ustack[4], kstack[4];
};

struct fixture {
	struct eu_package pkg;
	struct eu_program program;
	struct eu_map map;
	struct eu_source source;
};

static void make(struct fixture *f, int key, int value)
{
	memset(f, 0, sizeof(*f));
	f->map.name = (char *)"rb";
	f->pkg.btf = text_to_btf(types, NULL);
	f->program.pkg = &f->pkg;
	f->source.program = &f->program;
	f->source.map = &f->map;
	if (key)
		assert_int_equal(eu_layout_new(f->pkg.btf, (uint32_t)key,
					       &f->source.key, NULL),
				 0);
	assert_int_equal(eu_layout_new(f->pkg.btf, (uint32_t)value,
				       &f->source.value, NULL),
			 0);
	f->source.stream.key = f->source.key;
	f->source.stream.value = f->source.value;
}

static void drop(struct fixture *f)
{
	eu_stacks_free(f->source.stacks);
	eu_layout_free(f->source.key);
	eu_layout_free(f->source.value);
	json_decref(f->map.meta);
	btf__free(f->pkg.btf);
}

static void look(struct fixture *f, size_t n)
{
	struct eu_error err = { 0 };

	assert_int_equal(eu_stacks_new(&f->source, &err), 0);
	assert_int_equal(f->source.stream.n_stacks, n);
}

static void arrays_with_their_length(void **state)
{
	struct sized e = {
		.pid = 5,
		.tgid = 4,
		.ustack_sz = 16,
		.ustack = { 11, 12, 13, 14 },
		.kstack = { 21, 0, 23, 24 },
	};
	const struct eu_stack *s;
	struct fixture f;

	(void)state;
	make(&f, 0, ID_SIZED);
	look(&f, 2);
	/* Neither arrays nor lengths are columns. */
	assert_int_equal(f.source.value->n, 2);
	assert_string_equal(f.source.stream.stacks[0].name, "ustack");
	assert_true(f.source.stream.stacks[0].user);
	assert_string_equal(f.source.stream.stacks[1].name, "kstack");
	assert_false(f.source.stream.stacks[1].user);
	s = eu_stacks_read(f.source.stacks, NULL, &e, sizeof(e));
	assert_int_equal(s[0].n, 2);
	assert_int_equal(s[0].addrs[1], 12);
	assert_int_equal(s[0].pid, 4);
	assert_int_equal(s[0].error, 0);
	/* Without a length of its own: up to the first zero. */
	assert_int_equal(s[1].n, 1);
	assert_int_equal(s[1].pid, 0);
	drop(&f);
}

static void lengths_that_are_none(void **state)
{
	static const struct {
		int64_t bytes;
		size_t n;
		int error;
	} cases[] = {
		{ 0, 0, 0 },
		{ 7, 0, 0 },
		{ 8, 1, 0 },
		{ 1 << 20, 4, 0 },
		{ INT64_MAX, 4, 0 },
		{ -EFAULT, 0, 0 },
		{ -EINVAL, 0, EINVAL },
		{ INT64_MIN + 1, 0, INT32_MAX },
	};
	struct sized e = { .ustack = { 1, 2, 3, 4 } };
	const struct eu_stack *s;
	struct fixture f;

	(void)state;
	make(&f, 0, ID_SIZED);
	look(&f, 2);
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		e.ustack_sz = cases[i].bytes;
		s = eu_stacks_read(f.source.stacks, NULL, &e, sizeof(e));
		assert_int_equal(s[0].n, cases[i].n);
		assert_int_equal(s[0].error, cases[i].error);
		/* No process has the number 0. */
		assert_int_equal(s[0].pid, -1);
	}
	drop(&f);
}

static void records_that_end_early(void **state)
{
	struct sized e = {
		.tgid = 4,
		.ustack_sz = 32,
		.ustack = { 1, 2, 3, 4 },
		.kstack = { 5, 6, 7, 8 },
	};
	struct fixture f;

	(void)state;
	make(&f, 0, ID_SIZED);
	look(&f, 2);
	for (size_t size = 0; size <= sizeof(e); size++) {
		/* Of just that size, for the sanitizers. */
		char *copy = malloc(size ?: 1);
		const struct eu_stack *s;

		assert_non_null(copy);
		memcpy(copy, &e, size);
		s = eu_stacks_read(f.source.stacks, NULL, copy, size);
		assert_int_equal(s[0].n,
				 size < 24 ? 0 : eu_min((size - 16) / 8, 4ul));
		assert_int_equal(s[1].n, size < 56 ? 0 : (size - 48) / 8);
		assert_int_equal(s[0].pid, size < 8 ? -1 : 4);
		free(copy);
	}
	drop(&f);
}

static void by_the_name_of_a_typedef(void **state)
{
	static const uint64_t e[] = { 1, 2, 3, 4 };
	const struct eu_stack *s;
	struct fixture f;

	(void)state;
	make(&f, ID_BOTH, ID_TYPED);
	look(&f, 1);
	assert_string_equal(f.source.stream.stacks[0].name, "calls");
	assert_true(f.source.stream.stacks[0].user);
	assert_int_equal(f.source.value->n, 0);
	s = eu_stacks_read(f.source.stacks,
			   (const uint64_t[]){ 77ull << 32 | 78, 0 }, e,
			   sizeof(e));
	assert_int_equal(s[0].n, 4);
	assert_int_equal(s[0].pid, 77);
	drop(&f);
}

/* Arrays of other things, and ids without a map that they could be of. */
static void what_is_called_so_and_is_none(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, ID_PLAIN);
	look(&f, 0);
	assert_null(f.source.stacks);
	assert_int_equal(f.source.value->n, 3);
	drop(&f);
}

static void members_renamed_by_the_package(void **state)
{
	struct {
		int who, n;
		uint64_t calls[4];
	} e = { 6, 8, { 1, 2, 3, 4 } };
	const struct eu_stack *s;
	struct fixture f;

	(void)state;
	make(&f, 0, ID_OLD);
	look(&f, 0);
	f.map.meta = json_pack("{s:{s:{s:{s:s,s:s,s:s}}}}", "intepreter",
			       "stack_trace", "field_map", "ustack", "calls",
			       "ustack_sz", "n", "pid", "who");
	look(&f, 1);
	assert_int_equal(f.source.value->n, 1);
	s = eu_stacks_read(f.source.stacks, NULL, &e, sizeof(e));
	assert_int_equal(s[0].n, 1);
	assert_int_equal(s[0].pid, 6);
	assert_true(eu_stacks_named(&f.source));
	json_object_set_new(
		json_object_get(json_object_get(f.map.meta, "intepreter"),
				"stack_trace"),
		"with_symbols", json_false());
	assert_false(eu_stacks_named(&f.source));
	drop(&f);
}

static void too_many(void **state)
{
	struct eu_error err = { 0 };
	struct fixture f;

	(void)state;
	make(&f, 0, ID_MANY);
	assert_int_equal(eu_stacks_new(&f.source, &err), -E2BIG);
	assert_string_equal(err.text, "map 'rb': more than 8 stack traces");
	drop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_with_their_length),
		cmocka_unit_test(lengths_that_are_none),
		cmocka_unit_test(records_that_end_early),
		cmocka_unit_test(by_the_name_of_a_typedef),
		cmocka_unit_test(what_is_called_so_and_is_none),
		cmocka_unit_test(members_renamed_by_the_package),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
