/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "object_bytes.h"
#include "packages.h"
#include "pkg/types.h"

static struct btf *btf;
static int id_int, id_inner, id_outer, id_deep, id_alias, id_nameless;
static int id_union, id_enum;

static int make_types(void **state)
{
	int index, list;

	(void)state;
	btf = btf__new_empty();
	id_int = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	index = btf__add_int(btf, "index", 4, 0);
	id_inner = btf__add_struct(btf, "inner", 4);
	btf__add_field(btf, "x", id_int, 0, 0);
	/* struct outer { const struct inner at[2]; } */
	list = btf__add_array(btf, index, btf__add_const(btf, id_inner), 2);
	id_outer = btf__add_struct(btf, "outer", 8);
	btf__add_field(btf, "at", list, 0, 0);
	id_deep = btf__add_struct(btf, "deep", 8);
	btf__add_field(btf, "o", id_outer, 0, 0);
	id_nameless = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "x", id_int, 0, 0);
	id_alias = btf__add_typedef(btf, "alias_t", id_nameless);
	id_union = btf__add_union(btf, "either", 4);
	btf__add_field(btf, "x", id_int, 0, 0);
	id_enum = btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", 0);
	return id_enum > 0 ? 0 : -1;
}

static int free_types(void **state)
{
	(void)state;
	btf__free(btf);
	return 0;
}

static void which_type_a_map_has(void **state)
{
	struct eu_export exports[3] = { 0 };
	struct eu_package pkg = { .btf = btf, .exports = exports };
	struct eu_map rb = { .name = (char *)"rb" };

	(void)state;
	/* Nothing says so. */
	assert_int_equal(eu_types_of_map(&pkg, &rb), 0);
	/* The only one, the one that is no other's member, at any depth. */
	exports[0].type_id = id_inner;
	pkg.n_exports = 1;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_inner);
	exports[1].type_id = id_outer;
	pkg.n_exports = 2;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_outer);
	exports[1].type_id = id_deep;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_deep);
	/* Types that the object lacks do not count. */
	exports[2].type_id = 0;
	pkg.n_exports = 3;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_deep);
	/* The one that is marked, whatever holds it. */
	exports[0].marked = true;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_inner);
	/* What the map's own BTF says of its values, then what it is told. */
	rb.value_type_id = id_union;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_union);
	rb.export_type_id = id_enum;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_enum);
}

static void of_equals_the_first(void **state)
{
	struct eu_export exports[2] = {
		{ .type_id = id_union },
		{ .type_id = id_outer },
	};
	struct eu_package pkg = { .btf = btf, .exports = exports, .n_exports = 2 };
	struct eu_map rb = { .name = (char *)"rb" };

	(void)state;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_union);
	/* The same type twice is not a member of itself. */
	exports[0].type_id = id_outer;
	assert_int_equal(eu_types_of_map(&pkg, &rb), id_outer);
	/* Without BTF there is nothing to show. */
	pkg.btf = NULL;
	assert_int_equal(eu_types_of_map(&pkg, &rb), 0);
}

static void types_by_name(void **state)
{
	static const struct {
		const char *name;
		const int *id;
	} cases[] = {
		{ "inner", &id_inner },
		{ "struct inner", &id_inner },
		{ "alias_t", &id_alias },
		{ "either", &id_union },
		{ "union either", &id_union },
		{ "int", &id_int },
		{ "enum color", &id_enum },
		{ "nothing", NULL },
		{ "", NULL },
		{ "struct ", NULL },
		{ "struct either", NULL },
		{ "enum RED", NULL },
	};
	struct eu_package pkg = { .btf = btf };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_error err = { 0 };
		uint32_t id = 77;
		int r = eu_types_by_name(&pkg, cases[i].name, &id, &err);

		print_message("'%s'\n", cases[i].name);
		assert_int_equal(r, cases[i].id ? 0 : -ENOENT);
		assert_int_equal(id, cases[i].id ? *cases[i].id : 77);
		if (r)
			assert_non_null(strstr(
				err.text, "its structs: inner, outer, deep"));
	}
}

static void without_btf_no_name_is_known(void **state)
{
	struct eu_package pkg = { 0 };
	struct eu_error err = { 0 };
	uint32_t id = 77;

	(void)state;
	assert_int_equal(eu_types_by_name(&pkg, "inner", &id, &err), -EINVAL);
	assert_non_null(strstr(err.text, "compile it with -g"));
	assert_int_equal(id, 77);
}

static void values_have_a_size(void **state)
{
	struct eu_export exports[2] = { { .type_id = id_deep, .marked = true },
					{ .type_id = id_alias } };
	struct eu_package pkg = { .btf = btf, .exports = exports, .n_exports = 2 };
	struct eu_map map = { .name = (char *)"m",
			      .type = BPF_MAP_TYPE_PERCPU_HASH,
			      .value_size = 7 };
	struct eu_error err = { 0 };

	(void)state;
	assert_int_equal(eu_types_fit(&pkg, &map, id_deep, &err), -EINVAL);
	assert_string_equal(
		err.text,
		"map 'm': type 'deep' has 8 bytes, but the map's values have 7");
	assert_int_equal(eu_types_fit(&pkg, &map, id_alias, &err), 0);
	/* Nor is it guessed then. */
	assert_int_equal(eu_types_of_map(&pkg, &map), id_alias);
	map.value_size = 8;
	assert_int_equal(eu_types_fit(&pkg, &map, id_deep, &err), 0);
	assert_int_equal(eu_types_of_map(&pkg, &map), id_deep);
	/* Events of a buffer may be of any size. */
	map.value_size = 4;
	map.type = BPF_MAP_TYPE_PERF_EVENT_ARRAY;
	assert_int_equal(eu_types_fit(&pkg, &map, id_deep, &err), 0);
}

/* A type id that is off, as after another compiler: the name finds it. */
static void test_type_by_name(void **state)
{
	eu_auto_json json_t *j = json_of("anchors.bpf.o");
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	(void)state;
	put(j, "meta.export_types.1.type_id", "1");
	if (parse_json(j, NULL, &pkg, &err))
		fail_msg("%s", err.text);
	assert_string_equal(pkg->exports[1].name, "event");
	assert_int_equal(pkg->exports[1].type_id,
			 btf__find_by_name_kind(pkg->btf, "event",
						BTF_KIND_STRUCT));
}

/* Structs of eight of the one before: to look at all would take years. */
static void test_types_that_multiply(void **state)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 16);
	struct eu_export exports[2] = { 0 };
	struct eu_package pkg = { .exports = exports, .n_exports = 2 };
	struct eu_map map = { 0 };

	(void)state;
	eu_buf_puts(&b, "int int 4\nstruct other 4 a:1@0\n");
	for (int i = 2; i < 18; i++) {
		eu_buf_printf(&b, "struct s%d 4", i);
		for (int k = 0; k < 8; k++)
			eu_buf_printf(&b, " m%d:%d@0", k, i == 2 ? 1 : i);
		eu_buf_putc(&b, '\n');
	}
	pkg.btf = text_to_btf(eu_buf_str(&b), NULL);
	exports[0].type_id = 2;
	exports[1].type_id = btf__type_cnt(pkg.btf) - 1;
	alarm(20);
	assert_int_equal(eu_types_of_map(&pkg, &map), 2);
	alarm(0);
	btf__free(pkg.btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_type_a_map_has),
		cmocka_unit_test(values_have_a_size),
		cmocka_unit_test(of_equals_the_first),
		cmocka_unit_test(types_by_name),
		cmocka_unit_test(without_btf_no_name_is_known),
		cmocka_unit_test(test_type_by_name),
		cmocka_unit_test(test_types_that_multiply),
	};

	return cmocka_run_group_tests(tests, make_types, free_types);
}
