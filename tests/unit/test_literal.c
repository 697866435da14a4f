/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "pkg/literal.h"

/* Types made by hand, by the names that the tables below use. */
static struct btf *btf;
static struct {
	const char *name;
	int id;
} types[24];
static size_t n_types;

static int type(const char *name, int id)
{
	assert_true(id > 0);
	types[n_types].name = name;
	types[n_types++].id = id;
	return id;
}

static int make_types(void **state)
{
	int u8, u16, u32, u64, s32, index, pair, ch, text;

	(void)state;
	btf = btf__new_empty();
	u8 = type("u8", btf__add_int(btf, "u8", 1, 0));
	u16 = type("u16", btf__add_int(btf, "u16", 2, 0));
	u32 = type("u32", btf__add_int(btf, "u32", 4, 0));
	u64 = type("u64", btf__add_int(btf, "u64", 8, 0));
	s32 = type("s32", btf__add_int(btf, "s32", 4, BTF_INT_SIGNED));
	ch = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	index = btf__add_int(btf, "index", 4, 0);
	type("s32[3]", btf__add_array(btf, index, s32, 3));
	type("u8[6]", btf__add_array(btf, index, u8, 6));
	type("u8[16]", btf__add_array(btf, index, u8, 16));
	pair = type("pair", btf__add_struct(btf, "pair", 8));
	btf__add_field(btf, "a", u16, 0, 0);
	btf__add_field(btf, "b", u32, 32, 0);
	type("pair[2]", btf__add_array(btf, index, pair, 2));
	text = btf__add_array(btf, index, ch, 8);
	type("outer", btf__add_struct(btf, "outer", 24));
	btf__add_field(btf, "p", pair, 0, 0);
	btf__add_field(btf, "name", text, 64, 0);
	btf__add_field(btf, "n", u64, 128, 0);
	type("bits", btf__add_struct(btf, "bits", 4));
	btf__add_field(btf, "low", u32, 0, 4);
	/* Its member lies behind its end. */
	type("wild", btf__add_struct(btf, "wild", 4));
	btf__add_field(btf, "a", u32, 64, 0);
	type("eu_ipv4", btf__add_typedef(btf, "eu_ipv4", u32));
	type("const duration",
	     btf__add_const(btf, btf__add_typedef(btf, "duration", u64)));
	type("gadget_signal", btf__add_typedef(btf, "gadget_signal", u32));
	type("eu_nothing", btf__add_typedef(btf, "eu_nothing", u32));
	return 0;
}

static int free_types(void **state)
{
	(void)state;
	btf__free(btf);
	return 0;
}

static int id_of(const char *name)
{
	for (size_t i = 0; i < n_types; i++)
		if (!strcmp(types[i].name, name))
			return types[i].id;
	fail_msg("no type %s", name);
	return 0;
}

static int parse(const char *name, const char *format, const char *text,
		 void *dst, struct eu_error *err)
{
	const struct eu_literal_for f = {
		.btf = btf,
		.name = "v",
		.format = eu_format_find(format),
	};

	print_message("%s %s '%s'\n", name, format, text);
	return eu_literal_parse(&f, id_of(name), text, dst, err);
}

static void lists_and_objects(void **state)
{
	static const struct {
		const char *type, *text;
		uint8_t bytes[24];
		size_t n;
	} cases[] = {
		{ "s32[3]",
		  "1,-1,0x10",
		  { 1, 0, 0, 0, 255, 255, 255, 255, 16, 0, 0, 0 },
		  12 },
		{ "s32[3]", "7", { 7 }, 12 },
		{ "s32[3]", "", { 0 }, 12 },
		{ "s32[3]", "[1,\"2\"]", { 1, 0, 0, 0, 2 }, 12 },
		{ "pair", "{\"b\":5,\"a\":258}", { 2, 1, 0, 0, 5 }, 8 },
		{ "pair", "{}", { 0 }, 8 },
		{ "pair[2]",
		  "[{\"a\":1},{\"b\":\"2\"}]",
		  { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 },
		  16 },
		{ "outer",
		  "{\"p\":{\"a\":3},\"name\":\"xy\",\"n\":4}",
		  { 3, 0, 0, 0, 0, 0, 0, 0, 'x', 'y', 0, 0, 0, 0, 0, 0, 4 },
		  24 },
		{ "u8[6]", "ab", { 'a', 'b' }, 6 },
	};

	(void)state;
	/* The bytes above are those of little-endian machines. */
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		skip();
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		uint8_t bytes[24] = { 0 };

		assert_int_equal(
			parse(cases[i].type, "", cases[i].text, bytes, NULL), 0);
		assert_memory_equal(bytes, cases[i].bytes, cases[i].n);
	}
}

static void formats(void **state)
{
	static const struct {
		const char *type, *format, *text;
		uint8_t bytes[16];
		size_t n;
	} cases[] = {
		{ "u32", "ipv4", "192.0.2.1", { 192, 0, 2, 1 }, 4 },
		{ "eu_ipv4", "", "192.0.2.1", { 192, 0, 2, 1 }, 4 },
		{ "u8[6]", "mac", "02:0a:ff:00:00:01", { 2, 10, 255, 0, 0, 1 }, 6 },
		{ "u8[16]",
		  "ipv6",
		  "2001:db8::1",
		  { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
		  16 },
		{ "u16", "port", "443", { 1, 187 }, 2 },
		{ "u64", "duration", "10ms", { 0x80, 0x96, 0x98 }, 8 },
		{ "const duration", "", "1.5us", { 0xdc, 5 }, 8 },
		{ "u64", "duration", "7", { 7 }, 8 },
		{ "u32", "duration_ms", "2s", { 0xd0, 7 }, 4 },
		{ "u32", "duration_s", "1m", { 60 }, 4 },
		{ "u64", "size", "64K", { 0, 0, 1 }, 8 },
		{ "u64", "size", "1.5KiB", { 0, 6 }, 8 },
		{ "u64", "size", "100", { 100 }, 8 },
		{ "u32", "signal", "SIGTERM", { 15 }, 4 },
		{ "gadget_signal", "", "KILL", { 9 }, 4 },
		{ "u32", "signal", "10", { 10 }, 4 },
		{ "u32", "errno", "ENOENT", { 2 }, 4 },
		{ "u32", "uid", "root", { 0 }, 4 },
		{ "u32", "uid", "1000", { 0xe8, 3 }, 4 },
		{ "u32", "gid", "root", { 0 }, 4 },
		{ "s32[3]", "signal", "INT,9", { 2, 0, 0, 0, 9 }, 12 },
	};

	(void)state;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	skip(); /* the table has its numbers the other way round */
#endif
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		uint8_t bytes[16] = { 0 };

		assert_int_equal(parse(cases[i].type, cases[i].format,
				       cases[i].text, bytes, NULL),
				 0);
		assert_memory_equal(bytes, cases[i].bytes, cases[i].n);
	}
}

static void paths_are_inodes(void **state)
{
	struct eu_error err;
	uint64_t id = 0;

	(void)state;
	assert_int_equal(parse("u64", "cgroup", "/", &id, &err), 0);
	assert_true(id > 0);
	assert_int_equal(parse("u64", "netns", "/no/such", &id, &err), -ENOENT);
	assert_string_equal(
		err.text,
		"variable 'v': '/no/such' No such file or directory (type u64)");
}

static void wrong_ones_are_refused(void **state)
{
	static const struct {
		const char *type, *format, *text;
		int code;
		const char *words;
	} cases[] = {
		{ "s32[3]", "", "1,2,3,4", -ERANGE, "4 values, it holds 3" },
		{ "s32[3]", "", "1,x", -EINVAL, "'x' is not an integer" },
		{ "s32[3]", "", "[1", -EINVAL, "'[1' " },
		{ "s32[3]", "", "{\"a\":1}", -EINVAL, "is not a value of it" },
		{ "pair", "", "5", -EINVAL, "is no JSON object" },
		{ "pair", "", "{\"c\":1}", -EINVAL, "no member 'c'" },
		{ "pair", "", "{\"a\":70000}", -ERANGE, "out of range" },
		{ "pair", "", "{\"a\":[1]}", -EINVAL, "is not a value" },
		{ "bits", "", "{\"low\":1}", -EINVAL, "no member 'low'" },
		{ "wild", "", "{\"a\":1}", -EINVAL, "its BTF is damaged" },
		{ "u32", "ipv4", "192.0.2", -EINVAL, "is no IPv4 address" },
		{ "u8[16]", "ipv6", "x", -EINVAL, "is no IPv6 address" },
		{ "u8[6]", "mac", "02:0a", -EINVAL, "is no MAC address" },
		{ "u16", "port", "65536", -EINVAL, "is no port" },
		{ "u64", "duration", "10parsecs", -EINVAL, "is no duration" },
		{ "u64", "duration", "-1s", -ERANGE, "out of range" },
		{ "u32", "duration", "10h", -ERANGE, "out of range" },
		{ "u64", "size", "1X", -EINVAL, "is no size" },
		{ "u32", "signal", "SIGNOTHING", -EINVAL, "not an integer" },
		{ "eu_nothing", "", "1.2.3.4", -EINVAL, "not an integer" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_error err = { 0 };
		uint8_t bytes[24] = { 0 };

		assert_int_equal(parse(cases[i].type, cases[i].format,
				       cases[i].text, bytes, &err),
				 cases[i].code);
		if (!strstr(err.text, cases[i].words))
			fail_msg("%s", err.text);
	}
}

static void names_of_formats(void **state)
{
	(void)state;
	for (int i = EU_FORMAT_NONE + 1; i < EU_FORMAT_COUNT; i++) {
		assert_true(*eu_format_name(i));
		assert_int_equal(eu_format_find(eu_format_name(i)), i);
	}
	assert_int_equal(eu_format_find("nothing"), EU_FORMAT_NONE);
	assert_int_equal(eu_format_find(""), EU_FORMAT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_and_objects),
		cmocka_unit_test(formats),
		cmocka_unit_test(paths_are_inodes),
		cmocka_unit_test(wrong_ones_are_refused),
		cmocka_unit_test(names_of_formats),
	};

	return cmocka_run_group_tests(tests, make_types, free_types);
}
