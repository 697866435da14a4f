/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pkg/zlib.h"

static void test_zlib(void **state)
{
	static const char plain[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	eu_auto_buf struct eu_buf b = EU_BUF(1000);
	eu_auto_free void *out = NULL;
	struct eu_error err = { 0 };

	(void)state;
	assert_int_equal(eu_zlib_deflate(plain, 40, &b), 0);
	assert_memory_equal(b.data, "\x78\x9c", 2);
	assert_int_equal(eu_zlib_inflate(b.data, b.len, 40, &out, &err), 0);
	assert_memory_equal(out, plain, 40);

	assert_int_equal(eu_zlib_inflate(b.data, b.len, 39, &out, &err), -EINVAL);
	assert_string_equal(err.text, "has more than the stated 39 bytes");
	assert_int_equal(eu_zlib_inflate(b.data, b.len, 41, &out, &err), -EINVAL);
	assert_string_equal(err.text, "has 40 bytes, not the stated 41");
	assert_int_equal(eu_zlib_inflate(b.data, b.len - 3, 40, &out, &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "compressed data is damaged"));
	assert_int_equal(eu_zlib_inflate("nonsense", 8, 40, &out, &err), -EINVAL);
	assert_string_equal(
		err.text, "compressed data is damaged: incorrect header check");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zlib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
