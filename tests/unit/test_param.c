/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "btf_text.h"
#include "comma.h"
#include "pkg/notes.h"
#include "pkg/target.h"

/* Types made by hand, by the names that the tables below use. */
static struct btf *btf;
static struct {
	const char *name;
	int id;
	uint32_t size;
} types[32];
static size_t n_types;

static int type(const char *name, int id, uint32_t size)
{
	assert_true(id > 0);
	types[n_types].name = name;
	types[n_types].id = id;
	types[n_types++].size = size;
	return id;
}

static void add_ints(void)
{
	static const struct {
		const char *name;
		size_t size;
		int encoding;
	} ints[] = {
		{ "u8", 1 },
		{ "u16", 2 },
		{ "u32", 4 },
		{ "u64", 8 },
		{ "s8", 1, BTF_INT_SIGNED },
		{ "s16", 2, BTF_INT_SIGNED },
		{ "s32", 4, BTF_INT_SIGNED },
		{ "s64", 8, BTF_INT_SIGNED },
		{ "bool", 1, BTF_INT_BOOL },
		{ "u128", 16 },
	};

	for (size_t i = 0; i < EU_COUNT(ints); i++)
		type(ints[i].name,
		     btf__add_int(btf, ints[i].name, ints[i].size,
				  ints[i].encoding),
		     ints[i].size);
}

static void add_enums(void)
{
	type("color", btf__add_enum(btf, "color", 4), 4);
	btf__add_enum_value(btf, "RED", 0);
	btf__add_enum_value(btf, "BLUE", 0x80000000);
	type("minus", btf__add_enum(btf, "minus", 4), 4);
	btf__add_enum_value(btf, "LOWEST", INT32_MIN);
	type("wide", btf__add_enum64(btf, "wide", 8, false), 8);
	btf__add_enum64_value(btf, "WIDEST", UINT64_MAX);
}

static int make_types(void **state)
{
	int ch, index, alias;

	(void)state;
	btf = btf__new_empty();
	add_ints();
	add_enums();
	type("float", btf__add_float(btf, "float", 4), 4);
	type("double", btf__add_float(btf, "double", 8), 8);
	ch = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	index = btf__add_int(btf, "index", 4, 0);
	type("text", btf__add_array(btf, index, ch, 4), 4);
	type("list", btf__add_array(btf, index, index, 2), 8);
	type("pointer", btf__add_ptr(btf, ch), 8);
	type("point", btf__add_struct(btf, "point", 8), 8);
	/* const volatile pid_t */
	alias = btf__add_typedef(btf, "pid_t", types[6].id);
	type("pid_t", btf__add_const(btf, btf__add_volatile(btf, alias)), 4);
	return 0;
}

static int free_types(void **state)
{
	(void)state;
	btf__free(btf);
	return 0;
}

static struct eu_var variable(const char *name)
{
	for (size_t i = 0; i < n_types; i++)
		if (!strcmp(types[i].name, name))
			return (struct eu_var){
				.name = (char *)"v",
				.type = (char *)types[i].name,
				.type_id = types[i].id,
				.size = types[i].size,
			};
	fail_msg("no type %s", name);
	return (struct eu_var){ 0 };
}

static void text_becomes_bytes(void **state)
{
	static const struct {
		const char *type, *text;
		uint64_t value;
	} cases[] = {
		{ "u8", "0", 0 },
		{ "u8", "200", 200 },
		{ "u8", "255", 255 },
		{ "u8", "0xfF", 255 },
		{ "u8", "-0", 0 },
		{ "u8", "+7", 7 },
		{ "u8", "010", 10 },
		{ "s8", "-128", 0x80 },
		{ "s8", "127", 0x7f },
		{ "s8", "-0x80", 0x80 },
		{ "u16", "65535", 65535 },
		{ "s16", "-32768", 0x8000 },
		{ "s16", "32767", 0x7fff },
		{ "u32", "4294967295", UINT32_MAX },
		{ "s32", "-2147483648", 0x80000000 },
		{ "s32", "2147483647", INT32_MAX },
		{ "u64", "18446744073709551615", UINT64_MAX },
		{ "u64", "0xffffffffffffffff", UINT64_MAX },
		{ "s64", "-9223372036854775808", 1ull << 63 },
		{ "s64", "9223372036854775807", INT64_MAX },
		{ "pid_t", "-1", UINT32_MAX },
		{ "bool", "true", 1 },
		{ "bool", "1", 1 },
		{ "bool", "yes", 1 },
		{ "bool", "on", 1 },
		{ "bool", "false", 0 },
		{ "bool", "0", 0 },
		{ "bool", "no", 0 },
		{ "bool", "off", 0 },
		{ "color", "RED", 0 },
		{ "color", "BLUE", 0x80000000 },
		{ "color", "0x80000000", 0x80000000 },
		{ "color", "5", 5 },
		{ "minus", "LOWEST", 0x80000000 },
		{ "minus", "-5", (uint32_t)-5 },
		{ "wide", "WIDEST", UINT64_MAX },
		{ "wide", "3", 3 },
		{ "float", "1.5", 0x3fc00000 },
		{ "float", "-0", 0x80000000 },
		{ "double", "1.5", 0x3ff8000000000000 },
		{ "double", "1e300", 0x7e37e43c8800759c },
		{ "text", "", 0 },
		{ "text", "abc", 0x636261 },
		{ "text", "\xc3\xa9", 0xa9c3 },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_var var = variable(cases[i].type);
		unsigned char bytes[16], want[16];
		struct eu_error err = { 0 };

		print_message("%s '%s'\n", cases[i].type, cases[i].text);
		/* Only its own bytes are written. */
		memset(bytes, 0x5a, sizeof(bytes));
		memset(want, 0x5a, sizeof(want));
		for (uint32_t k = 0; k < var.size; k++) {
			uint32_t at = k;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
			if (strcmp(cases[i].type, "text"))
				at = var.size - 1 - k;
#endif
			want[at] = cases[i].value >> (k * 8);
		}
		if (eu_param_parse(btf, &var, cases[i].text, bytes, &err))
			fail_msg("%s", err.text);
		assert_memory_equal(bytes, want, sizeof(want));
	}
}

static void bad_text_is_refused(void **state)
{
	static const struct {
		const char *type, *text;
		int result;
		const char *words;
	} cases[] = {
		{ "u8", "256", -ERANGE,
		  "variable 'v': '256' is out of range (type u8)" },
		{ "u8", "-1", -ERANGE, "out of range" },
		{ "s8", "128", -ERANGE, "out of range" },
		{ "s8", "-129", -ERANGE, "out of range" },
		{ "u16", "65536", -ERANGE, "out of range" },
		{ "s16", "32768", -ERANGE, "out of range" },
		{ "u32", "4294967296", -ERANGE, "out of range" },
		{ "s32", "-2147483649", -ERANGE, "out of range" },
		{ "u64", "18446744073709551616", -ERANGE, "out of range" },
		{ "u64", "-1", -ERANGE, "out of range" },
		{ "s64", "9223372036854775808", -ERANGE, "out of range" },
		{ "s64", "-9223372036854775809", -ERANGE, "out of range" },
		{ "s64", "99999999999999999999999", -ERANGE, "out of range" },
		{ "u32", "", -EINVAL, "is not an integer (type u32)" },
		{ "u32", "x", -EINVAL, "is not an integer" },
		{ "u32", "12x", -EINVAL, "is not an integer" },
		{ "u32", " 1", -EINVAL, "is not an integer" },
		{ "u32", "1 ", -EINVAL, "is not an integer" },
		{ "u32", "- 1", -EINVAL, "is not an integer" },
		{ "u32", "--1", -EINVAL, "is not an integer" },
		{ "u32", "+-1", -EINVAL, "is not an integer" },
		{ "u32", "1.0", -EINVAL, "is not an integer" },
		{ "u32", "1e3", -EINVAL, "is not an integer" },
		{ "u32", "0x", -EINVAL, "is not an integer" },
		{ "u32", "0b1", -EINVAL, "is not an integer" },
		{ "bool", "2", -EINVAL, "is neither true nor false" },
		{ "bool", "TRUE", -EINVAL, "is neither true nor false" },
		{ "bool", "", -EINVAL, "is neither true nor false" },
		{ "color", "PINK", -EINVAL,
		  "'PINK' is none of its values (type enum color): RED, BLUE" },
		{ "color", "", -EINVAL, "is none of its values" },
		{ "color", "-1", -ERANGE, "out of range" },
		{ "color", "4294967296", -ERANGE, "out of range" },
		{ "minus", "2147483648", -ERANGE, "out of range" },
		{ "wide", "-1", -ERANGE, "out of range" },
		{ "float", "", -EINVAL, "is not a number" },
		{ "float", "1,5", -EINVAL, "is not a number" },
		{ "double", "x", -EINVAL, "is not a number" },
		{ "double", " 1", -EINVAL, "is not a number" },
		{ "double", "1,5", -EINVAL, "is not a number" },
		{ "text", "abcd", -ERANGE,
		  "text of 4 bytes is too long, it holds 3 (type char[4])" },
		{ "list", "1,x", -EINVAL, "'x' is not an integer" },
		{ "pointer", "1", -EINVAL, "cannot be set" },
		{ "point", "1", -EINVAL, "is no JSON object" },
		{ "u128", "1", -EINVAL, "cannot be set" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_var var = variable(cases[i].type);
		unsigned char bytes[16];
		struct eu_error err = { 0 };

		print_message("%s '%s'\n", cases[i].type, cases[i].text);
		memset(bytes, 0x5a, sizeof(bytes));
		assert_int_equal(eu_param_parse(btf, &var, cases[i].text, bytes,
						&err),
				 cases[i].result);
		if (!strstr(err.text, cases[i].words))
			fail_msg("%s", err.text);
		for (size_t k = 0; k < sizeof(bytes); k++)
			assert_int_equal(bytes[k], 0x5a);
	}
}

static void values_are_the_same_in_any_locale(void **state)
{
	comma_begin();
	text_becomes_bytes(state);
	bad_text_is_refused(state);
	comma_end();
}

static void json_values(void **state)
{
	static const struct {
		const char *type, *json;
		int result;
		uint64_t value;
	} cases[] = {
		{ "u32", "5", 0, 5 },
		{ "u32", "\"0x10\"", 0, 16 },
		{ "u64", "18446744073709551615", 0, UINT64_MAX },
		{ "s64", "-9223372036854775808", 0, 1ull << 63 },
		{ "bool", "true", 0, 1 },
		{ "bool", "false", 0, 0 },
		{ "u8", "true", -EINVAL, 0 },
		{ "bool", "5", -EINVAL, 0 },
		{ "color", "\"BLUE\"", 0, 0x80000000 },
		{ "double", "1.5", 0, 0x3ff8000000000000 },
		{ "double", "2", 0, 0x4000000000000000 },
		{ "text", "\"abc\"", 0, 0x636261 },
		{ "u32", "1.5", -EINVAL, 0 },
		{ "u32", "null", -EINVAL, 0 },
		{ "u32", "[1]", -EINVAL, 0 },
		{ "u32", "{}", -EINVAL, 0 },
		{ "u8", "256", -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_var var = variable(cases[i].type);
		unsigned char bytes[16] = { 0 };
		struct eu_error err = { 0 };
		json_t *list, *j;
		char text[128];

		print_message("%s %s\n", cases[i].type, cases[i].json);
		snprintf(text, sizeof(text), "[%s]", cases[i].json);
		list = eu_json_read(text, strlen(text), &err);
		assert_non_null(list);
		j = json_array_get(list, 0);
		assert_int_equal(eu_param_json(btf, &var, j, bytes, &err),
				 cases[i].result);
		for (uint32_t k = 0; k < var.size && k < 8; k++) {
			uint32_t at = k;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
			if (strcmp(cases[i].type, "text"))
				at = var.size - 1 - k;
#endif
			assert_int_equal(bytes[at],
					 (cases[i].value >> (k * 8)) & 255);
		}
		json_decref(list);
	}
}

static void without_types_nothing_is_set(void **state)
{
	struct eu_var var = variable("u32");
	struct eu_error err = { 0 };
	uint32_t v = 9;

	(void)state;
	assert_int_equal(eu_param_parse(NULL, &var, "1", &v, &err), -EINVAL);
	assert_non_null(strstr(err.text, "no type is known"));
	/* A type's size that is not the variable's. */
	var.size = 2;
	assert_int_equal(eu_param_parse(btf, &var, "1", &v, &err), -EINVAL);
	var.type_id = 9999;
	assert_int_equal(eu_param_parse(btf, &var, "1", &v, &err), -EINVAL);
	assert_int_equal(v, 9);
}

static const struct eu_flag *flag(const struct eu_flags *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->flag[i].name, name))
			return &f->flag[i];
	return NULL;
}

static void flags_of_a_package(void **state)
{
	struct eu_var vars[4];
	struct eu_package pkg = { .btf = btf, .vars = vars, .n_vars = 4 };
	struct eu_flags f;
	json_t *on = json_true();

	(void)state;
	vars[0] = variable("u32");
	vars[0].name = (char *)"count";
	vars[0].flag = (char *)"number";
	vars[0].short_flag = (char *)"n";
	vars[0].help = (char *)"how many";
	vars[1] = variable("bool");
	vars[1].name = (char *)"quiet";
	vars[2] = variable("bool");
	vars[2].name = (char *)"loud";
	vars[2].def = on;
	vars[3] = variable("pointer");
	vars[3].name = (char *)"__eunomia_dummy_event_ptr";
	assert_int_equal(eu_flags_new(&pkg, &f, NULL), 0);
	assert_null(flag(&f, "count"));
	assert_non_null(flag(&f, "number"));
	assert_ptr_equal(flag(&f, "number")->var, &vars[0]);
	assert_null(flag(&f, "number")->fixed);
	assert_string_equal(flag(&f, "number")->help, "how many");
	assert_string_equal(flag(&f, "quiet")->fixed, "true");
	assert_string_equal(flag(&f, "enable-quiet")->fixed, "true");
	assert_string_equal(flag(&f, "disable-quiet")->fixed, "false");
	assert_string_equal(flag(&f, "disable-loud")->fixed, "false");
	assert_string_equal(flag(&f, "quiet")->help,
			    "set value of `bool` variable quiet");
	assert_null(flag(&f, "__eunomia_dummy_event_ptr"));
	for (size_t i = 0; i < f.n; i++) {
		assert_ptr_equal(f.options[i].name, f.flag[i].name);
		assert_int_equal(!f.options[i].arg, !!f.flag[i].fixed);
	}
	assert_null(f.options[f.n].name);
	assert_int_equal(f.options[flag(&f, "number") - f.flag].letter, 'n');
	eu_flags_done(&f);
	assert_int_equal(f.n, 0);
	eu_flags_done(&f);
	json_decref(on);
}

/* A default of the metadata counts before what the object holds. */
static void flags_tell_defaults_and_names(void **state)
{
	static const struct {
		const char *type, *def, *notes, *format;
	} cases[] = {
		{ "u32", "7", " (default: 7)" },
		{ "s8", "-1", " (-128 to 127; default: -1)" },
		{ "u8", NULL, " (0 to 255)" },
		{ "s16", NULL, " (-32768 to 32767)" },
		{ "u64", "\"0xffffffffffffffff\"",
		  " (default: 18446744073709551615)" },
		{ "color", "0", " (RED or BLUE; default: RED)" },
		{ "color", "2147483648", " (RED or BLUE; default: BLUE)" },
		{ "color", "5", " (RED or BLUE; default: 5)" },
		{ "color", NULL, " (RED or BLUE)" },
		/* One that the variable cannot hold is told when it is set. */
		{ "color", "\"PINK\"", " (RED or BLUE)" },
		{ "minus", "\"LOWEST\"", NULL },
		{ "double", "0.1", " (default: 0.1)" },
		{ "text", "\"a\\u001b\"", " (at most 3 bytes; default: a\\x1b)" },
		{ "text", "\"\"", " (at most 3 bytes)" },
		{ "text", NULL, "", "ipv4" },
		{ "text", "\"127.1.1.1\"", "", "ipv4" },
		{ "u32", NULL, "" },
		{ "list", NULL, "" },
		{ "point", NULL, "" },
	};
	struct eu_object object = { .size = 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_var var = variable(cases[i].type);
		struct eu_package pkg = {
			.btf = btf, .vars = &var, .n_vars = 1, .object = &object
		};
		struct eu_flags f;

		var.help = (char *)"what";
		var.meta = json_pack("{s:s*}", "format", cases[i].format);
		var.def = cases[i].def ? json_loads(cases[i].def,
						    JSON_DECODE_ANY, NULL) :
					 NULL;
		assert_int_equal(eu_flags_new(&pkg, &f, NULL), 0);
		assert_int_equal(eu_flags_note(&f, &pkg), 0);
		assert_ptr_equal(f.options[0].help, f.flag[0].help);
		if (cases[i].notes)
			assert_string_equal(f.flag[0].help + 4, cases[i].notes);
		else
			assert_non_null(
				strstr(f.flag[0].help, "; default: LOWEST)"));
		eu_flags_done(&f);
		json_decref(var.def);
		json_decref(var.meta);
	}
}

/* Numbers that are typed: decimal or, after 0x, hexadecimal; never octal. */
static void numbers_are_never_octal(void **state)
{
	static const struct {
		const char *text;
		int32_t v;
	} cases[] = {
		{ "010", 10 }, { "08", 8 },    { "-010", -10 },
		{ "+09", 9 },  { "0x10", 16 }, { "-0x10", -16 },
	};
	struct btf *ints = text_to_btf("int int 4", NULL);
	struct eu_var var = { .name = (char *)"v",
			      .type = (char *)"int",
			      .type_id = 1,
			      .size = 4 };
	struct eu_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_free char *text = NULL;
		struct eu_target *t = NULL;
		int64_t n = 0;
		int32_t v = 0;

		if (eu_param_parse(ints, &var, cases[i].text, &v, &err))
			fail_msg("%s", err.text);
		assert_int_equal(v, cases[i].v);
		assert_true(asprintf(&text, "x,n=%s", cases[i].text) > 0);
		assert_int_equal(eu_target_parse(text, &t, &err), 0);
		if (eu_target_number(t, "n", -100, 100, 0, &n, &err))
			fail_msg("%s", err.text);
		assert_int_equal(n, cases[i].v);
		eu_target_free(t);
	}
	btf__free(ints);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_becomes_bytes),
		cmocka_unit_test(bad_text_is_refused),
		cmocka_unit_test(values_are_the_same_in_any_locale),
		cmocka_unit_test(json_values),
		cmocka_unit_test(without_types_nothing_is_set),
		cmocka_unit_test(flags_of_a_package),
		cmocka_unit_test(flags_tell_defaults_and_names),
		cmocka_unit_test(numbers_are_never_octal),
	};

	return cmocka_run_group_tests(tests, make_types, free_types);
}
