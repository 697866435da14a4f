/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <bpf/btf.h>
#include <cmocka.h>

#include "gen/cstruct.h"

/* Types of a BPF object as C for machines with other pointers and longs. */

static int ids[8];

enum { INT, LONG, CHAR, WIDE, PTR, ARRAY };

static struct btf *base(void)
{
	struct btf *btf = btf__new_empty();

	/* Whatever pointers are here. */
	btf__set_pointer_size(btf, 8);
	ids[INT] = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	ids[LONG] = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	ids[CHAR] = btf__add_int(btf, "char", 1, BTF_INT_CHAR);
	ids[WIDE] = btf__add_int(btf, "unsigned __int128", 16, 0);
	ids[PTR] = btf__add_ptr(btf, ids[INT]);
	ids[ARRAY] = btf__add_array(btf, ids[INT], ids[CHAR], 5);
	return btf;
}

static void expect(struct btf *btf, const char *want)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 16);
	struct eu_error err = { 0 };

	if (eu_cstruct_all(btf, &out, &err))
		fail_msg("%s", err.text);
	assert_non_null(strstr(eu_buf_str(&out), want));
	btf__free(btf);
}

static void test_members(void **state)
{
	struct btf *btf = base();

	(void)state;
	btf__add_struct(btf, "all", 64);
	btf__add_field(btf, "c", ids[CHAR], 0, 0);
	btf__add_field(btf, "l", ids[LONG], 64, 0);
	btf__add_field(btf, "p", ids[PTR], 128, 0);
	btf__add_field(btf, "text", ids[ARRAY], 192, 0);
	btf__add_field(btf, "wide", ids[WIDE], 256, 0);
	expect(btf, "struct all {\n"
		    "\tchar c;\n"
		    "\tchar __pad0[7];\n"
		    "\tlong long l;\n"
		    "\tuint64_t /* pointer */ p;\n"
		    "\tchar text[5];\n"
		    "\tchar __pad1[3];\n"
		    "\tunsigned __int128 wide;\n"
		    "\tchar __pad2[16];\n"
		    "} __attribute__((packed));\n"
		    "#endif\n"
		    "_Static_assert(sizeof(struct all) == 64,");
}

static void test_bits(void **state)
{
	struct btf *btf = base();

	(void)state;
	btf__add_struct(btf, "bits", 8);
	btf__add_field(btf, "a", ids[INT], 3, 4);
	btf__add_field(btf, "b", ids[INT], 25, 7);
	btf__add_field(btf, "whole", ids[INT], 32, 0);
	expect(btf, "struct bits {\n"
		    "\tunsigned char : 3;\n"
		    "\tint a : 4;\n"
		    "\tunsigned char : 1;\n"
		    "\tchar __pad0[2];\n"
		    "\tunsigned char : 1;\n"
		    "\tint b : 7;\n"
		    "\tint whole;\n"
		    "} __attribute__((packed));\n");
}

/* Nothing stands between bit fields that follow each other. */
static void test_neighbours(void **state)
{
	struct btf *btf = base();

	(void)state;
	btf__add_struct(btf, "flags", 16);
	btf__add_field(btf, "low", ids[INT], 0, 3);
	btf__add_field(btf, "high", ids[INT], 3, 5);
	btf__add_field(btf, "four", ids[INT], 8, 4);
	btf__add_field(btf, "across", ids[LONG], 12, 33);
	btf__add_field(btf, "whole", ids[LONG], 64, 0);
	expect(btf, "struct flags {\n"
		    "\tint low : 3;\n"
		    "\tint high : 5;\n"
		    "\tint four : 4;\n"
		    "\tlong long across : 33;\n"
		    "\tunsigned char : 3;\n"
		    "\tchar __pad0[2];\n"
		    "\tlong long whole;\n"
		    "} __attribute__((packed));\n"
		    "#endif\n"
		    "_Static_assert(sizeof(struct flags) == 16,");
}

/* What is held by value comes first, and what has no name in its place. */
static void test_nested(void **state)
{
	struct btf *btf = base();
	int outer, inner, anonymous;

	(void)state;
	outer = btf__add_struct(btf, "outer", 16);
	btf__add_field(btf, "in", outer + 1, 0, 0);
	btf__add_field(btf, "", outer + 2, 64, 0);
	inner = btf__add_struct(btf, "inner", 8);
	btf__add_field(btf, "x", ids[LONG], 0, 0);
	anonymous = btf__add_union(btf, "", 8);
	btf__add_field(btf, "l", ids[LONG], 0, 0);
	btf__add_field(btf, "i", ids[INT], 0, 0);
	assert_int_equal(inner, outer + 1);
	assert_int_equal(anonymous, outer + 2);
	expect(btf,
	       "#ifndef WASM_BPF_HAS_struct_inner\n"
	       "#define WASM_BPF_HAS_struct_inner\n"
	       "struct inner {\n"
	       "\tlong long x;\n"
	       "} __attribute__((packed));\n"
	       "#endif\n"
	       "_Static_assert(sizeof(struct inner) == 8, \"Size of inner is not 8\");\n"
	       "_Static_assert(offsetof(struct inner, x) == 0, \"x is not at 0\");\n"
	       "\n"
	       "#ifndef WASM_BPF_HAS_struct_outer\n"
	       "#define WASM_BPF_HAS_struct_outer\n"
	       "struct outer {\n"
	       "\tstruct inner in;\n"
	       "\tunion {\n"
	       "\t\tlong long l;\n"
	       "\t\tint i;\n"
	       "\t} __attribute__((packed));\n"
	       "} __attribute__((packed));\n");
}

/* Gaps of what has no name are members of what it stands in. */
static void test_anonymous(void **state)
{
	struct btf *btf = base();
	int outer;

	(void)state;
	outer = btf__add_struct(btf, "outer", 40);
	btf__add_field(btf, "c", ids[CHAR], 0, 0);
	btf__add_field(btf, "", outer + 1, 64, 0);
	btf__add_field(btf, "", outer + 2, 128, 0);
	btf__add_field(btf, "", outer + 2, 224, 0);
	btf__add_struct(btf, "", 8);
	btf__add_field(btf, "a", ids[CHAR], 0, 0);
	btf__add_field(btf, "b", ids[INT], 32, 0);
	btf__add_union(btf, "", 12);
	btf__add_field(btf, "", ids[INT], 0, 0);
	expect(btf, "struct outer {\n"
		    "\tchar c;\n"
		    "\tchar __pad0[7];\n"
		    "\tstruct {\n"
		    "\t\tchar a;\n"
		    "\t\tchar __pad1[3];\n"
		    "\t\tint b;\n"
		    "\t} __attribute__((packed));\n"
		    "\tunion {\n"
		    "\t\tint;\n"
		    "\t\tchar __pad2[12];\n"
		    "\t} __attribute__((packed));\n"
		    "\tunion {\n"
		    "\t\tint;\n"
		    "\t\tchar __pad3[12];\n"
		    "\t} __attribute__((packed));\n"
		    "} __attribute__((packed));\n");
}

static int write_all(struct btf *btf)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 16);
	struct eu_error err;
	int r = eu_cstruct_all(btf, &out, &err);

	btf__free(btf);
	return r;
}

static void test_bad(void **state)
{
	struct btf *btf = base();
	int id;

	(void)state;
	/* A member behind the end, one before another, one in itself. */
	btf__add_struct(btf, "short", 4);
	btf__add_field(btf, "l", ids[LONG], 0, 0);
	assert_int_equal(write_all(btf), -EINVAL);
	btf = base();
	btf__add_struct(btf, "back", 16);
	btf__add_field(btf, "a", ids[INT], 64, 0);
	btf__add_field(btf, "b", ids[INT], 0, 0);
	assert_int_equal(write_all(btf), -EINVAL);
	btf = base();
	id = btf__add_struct(btf, "", 8);
	btf__add_field(btf, "self", id, 0, 0);
	btf__add_struct(btf, "around", 8);
	btf__add_field(btf, "in", id, 0, 0);
	assert_true(write_all(btf) < 0);
	/* Arrays of themselves, and names that would be more than that. */
	btf = base();
	id = btf__add_array(btf, ids[INT], btf__type_cnt(btf), 2);
	btf__add_struct(btf, "rings", 8);
	btf__add_field(btf, "in", id, 0, 0);
	assert_int_equal(write_all(btf), -EINVAL);
	btf = base();
	btf__add_struct(btf, "x; int y", 4);
	btf__add_field(btf, "a", ids[INT], 0, 0);
	assert_int_equal(write_all(btf), -EINVAL);
	btf = base();
	btf__add_struct(btf, "x", 4);
	btf__add_field(btf, "a[2]", ids[INT], 0, 0);
	assert_int_equal(write_all(btf), -EINVAL);
	btf = base();
	btf__add_enum(btf, "e", 4);
	btf__add_enum_value(btf, "A, B", 0);
	assert_int_equal(write_all(btf), -EINVAL);
	/* Twice as much text for each. */
	btf = base();
	id = btf__add_union(btf, "", 8);
	btf__add_field(btf, "x", ids[LONG], 0, 0);
	for (int i = 0; i < 40; i++) {
		int next = btf__add_union(btf, "", 8);

		btf__add_field(btf, "x", id, 0, 0);
		btf__add_field(btf, "y", id, 0, 0);
		id = next;
	}
	btf__add_struct(btf, "large", 8);
	btf__add_field(btf, "in", id, 0, 0);
	assert_true(write_all(btf) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_anonymous),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("cstruct", tests, NULL, NULL);
}
