/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <bpf/btf.h>
#include <cmocka.h>

#include "btf_text.h"
#include "gen/wit.h"

/* Structs of BTF as WIT. */

static int made(const char *types, struct eu_buf *out, struct eu_error *err)
{
	struct eu_package pkg = { .name = (char *)"2nd_use.bpf",
				  .btf = text_to_btf(types, NULL) };
	int r = eu_wit_write(&pkg, out, err);

	btf__free(pkg.btf);
	return r;
}

static void expect(const char *types, const char *want)
{
	static const char before[] =
		"// Made by \"wasm-bpftool btf dump\": changes will be lost.\n"
		"package bpf:%n2nd-use-bpf;\n\ninterface types {\n";
	static const char after[] = "}\n\nworld guest {\n\timport types;\n}\n";
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_error err = { 0 };
	const char *got;
	size_t n;

	if (made(types, &out, &err))
		fail_msg("%s", err.text);
	got = eu_buf_str(&out);
	n = strlen(got);
	assert_memory_equal(got, before, strlen(before));
	assert_string_equal(got + n - strlen(after), after);
	out.data[n - strlen(after)] = '\0';
	assert_string_equal(got + strlen(before), want);
}

static void test_kinds(void **state)
{
	(void)state;
	expect("int int 4\n" /* 1 */
	       "int char 1\n"
	       "int long 8\n"
	       "int __int128 16\n"
	       "float float 4\n" /* 5 */
	       "float wide 16\n"
	       "array 2 16\n"
	       "ptr 1\n"
	       "array 3 2\n"
	       "array 9 3\n" /* 10 */
	       "enum - 4 ONE=1\n"
	       "typedef pid_t 1\n"
	       "const 12\n"
	       "struct event 128 c:2@0 l:3@64 big:4@128 f:5@256 w:6@384"
	       " text:7@512 p:8@640 grid:10@704 e:11@832"
	       " pid:13@896 bits:1@931/4 many:3@960/33\n",
	       "\t/// 128 bytes\n"
	       "\trecord %event {\n"
	       "\t\t/// at 0\n"
	       "\t\t%c: s8,\n"
	       "\t\t/// at 8\n"
	       "\t\t%l: s64,\n"
	       "\t\t/// at 16\n"
	       "\t\t%big: tuple<u64, u64>,\n"
	       "\t\t/// at 32\n"
	       "\t\t%f: f32,\n"
	       "\t\t/// at 48\n"
	       "\t\t%w: list<u8>,\n"
	       "\t\t/// at 64\n"
	       "\t\t%text: list<u8>,\n"
	       "\t\t/// at 80\n"
	       "\t\t%p: u64,\n"
	       "\t\t/// at 88\n"
	       "\t\t%grid: list<list<s64>>,\n"
	       "\t\t/// at 104\n"
	       "\t\t%e: u32,\n"
	       "\t\t/// at 112\n"
	       "\t\t%pid: s32,\n"
	       "\t\t/// at 116, 4 bits from 3\n"
	       "\t\t%bits: s8,\n"
	       "\t\t/// at 120, 33 bits from 0\n"
	       "\t\t%many: s64,\n"
	       "\t}\n\n");
}

/* By value first; what has no name gets one, or stands in its place. */
static void test_nested(void **state)
{
	(void)state;
	expect("int int 4\n"
	       "struct outer 40 a:3@0 -:4@64 in:5@128 -:6@192 u:6@224 list:8@256\n"
	       "struct inner 8 x:1@0\n"
	       "struct - 8 b:1@0 c:1@32\n" /* in place */
	       "struct - 8 x:1@0\n"
	       "union - 4 i:1@0 j:1@0\n"
	       "union both 4 i:1@0\n"
	       "array 7 2\n"
	       "struct none 4\n",
	       "\t/// 8 bytes\n"
	       "\trecord %inner {\n"
	       "\t\t/// at 0\n"
	       "\t\t%x: s32,\n"
	       "\t}\n\n"
	       "\t/// 8 bytes\n"
	       "\trecord %outer-in {\n"
	       "\t\t/// at 0\n"
	       "\t\t%x: s32,\n"
	       "\t}\n\n"
	       "\t/// 4 bytes\n"
	       "\ttype %both = list<u8>;\n\n"
	       "\t/// 40 bytes\n"
	       "\trecord %outer {\n"
	       "\t\t/// at 0\n"
	       "\t\t%a: %inner,\n"
	       "\t\t/// at 8\n"
	       "\t\t%b: s32,\n"
	       "\t\t/// at 12\n"
	       "\t\t%c: s32,\n"
	       "\t\t/// at 16\n"
	       "\t\t%in: %outer-in,\n"
	       "\t\t/// at 24\n"
	       "\t\t%unnamed24: list<u8>,\n"
	       "\t\t/// at 28\n"
	       "\t\t%u: list<u8>,\n"
	       "\t\t/// at 32\n"
	       "\t\t%list: list<%both>,\n"
	       "\t}\n\n"
	       "\t/// 4 bytes\n"
	       "\ttype %none = list<u8>;\n\n");
}

/* Keywords, digits, capitals, two that become one. */
static void test_names(void **state)
{
	(void)state;
	expect("int int 4\n"
	       "enum record 4 A_1=1 a1=2 A__1=3 u8=4\n"
	       "struct record 8 type:2@0 __x:1@32\n"
	       "struct RECORD 4 2d:1@0\n"
	       "struct ___ 4 func:1@0\n"
	       "enum64 far 8 TOP=0xffffffffffffffff\n",
	       "\tenum %record {\n"
	       "\t\t/// 1\n"
	       "\t\t%a1,\n"
	       "\t\t/// 2\n"
	       "\t\t%a1-x2,\n"
	       "\t\t/// 3\n"
	       "\t\t%a1-x3,\n"
	       "\t\t/// 4\n"
	       "\t\t%u8,\n"
	       "\t}\n\n"
	       "\t/// 8 bytes\n"
	       "\trecord %record-x2 {\n"
	       "\t\t/// at 0\n"
	       "\t\t%type: %record,\n"
	       "\t\t/// at 4\n"
	       "\t\t%x: s32,\n"
	       "\t}\n\n"
	       "\t/// 4 bytes\n"
	       "\trecord %record-x3 {\n"
	       "\t\t/// at 0\n"
	       "\t\t%n2d: s32,\n"
	       "\t}\n\n"
	       "\t/// 4 bytes\n"
	       "\trecord %unnamed {\n"
	       "\t\t/// at 0\n"
	       "\t\t%func: s32,\n"
	       "\t}\n\n"
	       "\tenum %far {\n"
	       "\t\t/// 18446744073709551615\n"
	       "\t\t%top,\n"
	       "\t}\n\n");
	expect("int int 4\n", "");
}

/* As many as there can be, all of one name: no number is tried twice. */
static void test_many(void **state)
{
	eu_auto_buf struct eu_buf out = EU_BUF(8 << 20);
	struct eu_package pkg = { .btf = btf__new_empty() };
	struct eu_error err = { 0 };

	(void)state;
	btf__add_enum(pkg.btf, "all", 4);
	for (int i = 0; i < BTF_MAX_VLEN; i++)
		btf__add_enum_value(pkg.btf, "one", i);
	if (eu_wit_write(&pkg, &out, &err))
		fail_msg("%s", err.text);
	btf__free(pkg.btf);
	assert_non_null(strstr(eu_buf_str(&out), "\t\t%one,\n\t\t/// 1\n"
						 "\t\t%one-x2,\n"));
	assert_non_null(strstr(eu_buf_str(&out), "\t\t%one-x65535,\n\t}\n"));
}

static void refused(const char *types, const char *want)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_error err = { 0 };

	assert_int_equal(made(types, &out, &err), -EINVAL);
	assert_string_equal(err.text, want);
}

static void test_bad(void **state)
{
	eu_auto_buf struct eu_buf many = EU_BUF(1 << 20);

	(void)state;
	refused("fwd gone\nstruct has 8 x:1@0\n",
		"type 'has' has a member without values");
	refused("struct own 8 x:1@0\n", "type 'own' is nested too deeply");
	refused("array 1 2\nstruct rings 8 x:1@0\n",
		"type 'rings' has a member without values");
	/* Each twice in the one before it, and none has a name. */
	for (int i = 1; i <= 40; i++)
		eu_buf_printf(&many, "struct - 8 -:%d@0 -:%d@0\n", i + 1, i + 1);
	eu_buf_puts(&many, "struct - 8\nstruct large 8 -:1@0\n");
	refused(eu_buf_str(&many), "type 'large' is nested too deeply");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds), cmocka_unit_test(test_nested),
		cmocka_unit_test(test_names), cmocka_unit_test(test_many),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("wit", tests, NULL, NULL);
}
