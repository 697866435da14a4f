/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/base64.h"

static void test_base64(void **state)
{
	static const struct {
		const char *plain, *text;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "\xfb\xff", "+/8=" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(100);

		eu_base64_encode(rows[i].plain, strlen(rows[i].plain), &b);
		assert_string_equal(eu_buf_str(&b), rows[i].text);
		eu_buf_clear(&b);
		assert_int_equal(eu_base64_decode(rows[i].text,
						  strlen(rows[i].text), &b, NULL),
				 0);
		assert_string_equal(eu_buf_str(&b), rows[i].plain);
	}
}

static void test_base64_bad(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "Zm9", "base64 text ends early: cut or unpadded" },
		{ "Zg=", "base64 text ends early: cut or unpadded" },
		{ "Z===", "'=' at offset 1 is not base64" },
		{ "Zg==Zg==", "'Z' at offset 4 is not base64" },
		{ "Zg=v", "'v' at offset 3 is not base64" },
		{ "Zm9v-", "'-' at offset 4 is not base64" },
		{ "Zm\x01v", "byte 0x01 at offset 2 is not base64" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(100);
		struct eu_error err = { 0 };

		assert_int_equal(eu_base64_decode(rows[i].text,
						  strlen(rows[i].text), &b, &err),
				 -EINVAL);
		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(b.len, 0);
	}
}

static void test_base64_lines(void **state)
{
	eu_auto_buf struct eu_buf b = EU_BUF(100);

	(void)state;
	assert_int_equal(eu_base64_decode(" Zm\n9v\r\n", 8, &b, NULL), 0);
	assert_string_equal(eu_buf_str(&b), "foo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_bad),
		cmocka_unit_test(test_base64_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
