/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "packages.h"

/* Of objects with the byte order of x86. */
static void little_endian_only(void)
{
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		skip();
}

static void test_archs(void **state)
{
	static const struct {
		const char *object, *own, *want;
		int code;
	} rows[] = {
		{ "anchors", "x86", "x86", 0 },
		{ "anchors", "x86", "arm64", 0 },
		{ "anchors", "x86", "s390", -ENOTSUP },
		{ "kprobe", "x86", "x86", 0 },
		{ "kprobe", "x86", "arm64", -ENOTSUP },
		{ "kprobe", NULL, "arm64", 0 },
	};

	(void)state;
	little_endian_only();
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		char name[32];
		eu_auto_json json_t *j = NULL;
		struct eu_package *pkg = NULL;
		struct eu_error err = { 0 };

		snprintf(name, sizeof(name), "%s.bpf.o", rows[i].object);
		j = json_of(name);
		if (rows[i].own)
			json_object_set_new(j, "arch", json_string(rows[i].own));
		assert_int_equal(parse_json(j, rows[i].want, &pkg, &err),
				 rows[i].code);
		if (rows[i].code)
			assert_non_null(strstr(err.text, "for x86") ?:
						strstr(err.text, "little-endian"));
		assert_int_equal(!pkg, rows[i].code != 0);
		eu_package_free(pkg);
	}
}

static void test_choose_object(void **state)
{
	eu_auto_package struct eu_package *first = from_object("kprobe.bpf.o");
	eu_auto_package struct eu_package *other = from_object("kprobe.bpf.o");
	eu_auto_package struct eu_package *pkg = NULL;
	eu_auto_json json_t *j = NULL, *again = NULL;
	struct eu_error err = { 0 };

	(void)state;
	little_endian_only();
	first->object->arch = strdup("x86");
	/* One byte of padding tells them apart. */
	other->object->data = realloc(other->object->data,
				      other->object->size + 1);
	((char *)other->object->data)[other->object->size] = 0;
	assert_int_equal(eu_package_add_object(first, "arm64", other->object->data,
					       other->object->size + 1, NULL),
			 0);
	j = eu_package_json(first, NULL);
	if (parse_json(j, "arm64", &pkg, &err))
		fail_msg("%s", err.text);
	assert_string_equal(pkg->object->arch, "arm64");
	assert_int_equal(pkg->object->size, first->objects[0].size + 1);
	assert_int_equal(pkg->n_objects, 2);
	again = eu_package_json(pkg, NULL);
	assert_true(json_equal(j, again));

	eu_package_free(pkg);
	pkg = NULL;
	assert_int_equal(parse_json(j, "riscv", &pkg, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "is for x86 and arm64, and its program"));
	assert_non_null(strstr(err.text, "build it with 'ecc --arch riscv'"));
}

/* A package whose object for x86 comes first, and is cut, then one for arm64. */
static json_t *first_is(const char *name, size_t size)
{
	eu_auto_package struct eu_package *first = from_object(name);
	eu_auto_package struct eu_package *second = from_object("anchors.bpf.o");
	json_t *j, *meta;

	first->object->arch = strdup("x86");
	assert_int_equal(eu_package_add_object(first, "arm64",
					       second->object->data,
					       second->object->size, NULL),
			 0);
	if (size)
		first->object->size = size;
	j = eu_package_json(first, NULL);
	meta = eu_package_meta(second, NULL);
	json_object_set_new(j, "meta", meta);
	return j;
}

static void test_other_objects_stay_packed(void **state)
{
	eu_auto_json json_t *j = first_is("anchors.bpf.o", 64), *again = NULL;
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };
	const char *type;

	(void)state;
	/* It is cut, and then no base64: nobody looks. */
	put(j, "bpf_object", "\"*\"");
	if (parse_json(j, "arm64", &pkg, &err))
		fail_msg("%s", err.text);
	assert_null(pkg->objects[0].data);
	assert_non_null(pkg->object->data);
	again = eu_package_json(pkg, NULL);
	assert_true(json_equal(j, again));
	eu_package_free(pkg);
	pkg = NULL;
	assert_int_equal(parse_json(j, "x86", &pkg, &err), -EINVAL);
	assert_non_null(strstr(
		err.text, "'p': 'bpf_object': '*' at offset 0 is not base64"));
	/* But type ids without names are those of the first object. */
	type = "{\"btf_type_id\": 1}";
	put(j, SKEL "maps.0.export_config", type);
	assert_int_equal(parse_json(j, "arm64", &pkg, &err), -EINVAL);
	assert_non_null(strstr(
		err.text, "'p': 'bpf_object': '*' at offset 0 is not base64"));
}

static void test_first_object_damaged(void **state)
{
	eu_auto_json json_t *j = first_is("kprobe.bpf.o", 64);
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	(void)state;
	put(j, SKEL "maps.0.export_config", "{\"btf_type_id\": 1}");
	assert_int_equal(parse_json(j, "arm64", &pkg, &err), -EINVAL);
	assert_non_null(
		strstr(err.text, "'p': 'bpf_object': the ELF file is damaged"));
}

/* Its metadata's type ids mean nothing then, least of all in another's BTF. */
static void test_first_object_without_btf(void **state)
{
	static const char *const configs[] = {
		"{\"btf_type_id\": 1}",
		"{\"custom_members\": [{\"name\": \"a\", \"offset\": 0, \"btf_type_id\": 1}]}",
	};
	struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(configs); i++) {
		eu_auto_json json_t *j = first_is("old_maps.bpf.o", 0);

		put(j, SKEL "maps.0.export_config", configs[i]);
		/* It has no such maps of its own. */
		assert_int_equal(parse_json(j, "arm64", &pkg, &err), -EINVAL);
		assert_non_null(strstr(err.text, "is not in the object's BTF"));
		assert_null(pkg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_archs),
		cmocka_unit_test(test_choose_object),
		cmocka_unit_test(test_other_objects_stay_packed),
		cmocka_unit_test(test_first_object_damaged),
		cmocka_unit_test(test_first_object_without_btf),
	};

	libbpf_set_print(silent);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
