/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pkg/xz.h"

/* printf hello | xz -0 --check=crc32 */
static const unsigned char hello[] = {
	0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36,
	0x02, 0x00, 0x21, 0x01, 0x0c, 0x00, 0x00, 0x00, 0x8f, 0x98, 0x41, 0x9c,
	0x01, 0x00, 0x04, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x00, 0x00, 0x00, 0x00,
	0x86, 0xa6, 0x10, 0x36, 0x00, 0x01, 0x19, 0x05, 0xbc, 0xe8, 0xec, 0xcb,
	0x90, 0x42, 0x99, 0x0d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a,
};

static void test_xz(void **state)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1000), small = EU_BUF(4);
	struct eu_error err = { 0 };
	const char *file;
	size_t len;

	(void)state;
	assert_true(eu_xz_is(hello, sizeof(hello)));
	assert_false(eu_xz_is(hello, 5));
	assert_int_equal(eu_xz_unpack(hello, sizeof(hello), &b, &err), 0);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "hello", 5);
	eu_buf_clear(&b);
	assert_int_equal(
		eu_xz_first_file(hello, sizeof(hello), &b, &file, &len, &err), 0);
	assert_int_equal(len, 5);
	assert_memory_equal(file, "hello", 5);

	assert_int_equal(eu_xz_unpack(hello, sizeof(hello), &small, &err),
			 -E2BIG);
	for (size_t n = 0; n < sizeof(hello); n++) {
		eu_buf_clear(&b);
		assert_int_equal(eu_xz_unpack(hello, n, &b, &err), -EINVAL);
	}
	assert_int_equal(eu_xz_unpack("this is nonsense", 16, &b, &err), -EINVAL);
	assert_string_equal(err.text, "is no .xz file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xz),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
