/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pkg/tar.h"
#include "tar_bytes.h"

static void test_tar(void **state)
{
	char data[16384] = "";
	struct eu_error err = { 0 };
	struct eu_tar t;
	size_t n = 0;

	(void)state;
	n += tar_entry(data + n, "folder", '5', "");
	n -= 512;
	n += tar_entry(data + n, "./a", '0', "first");
	n += tar_entry(data + n, "x", 'x', "19 path=pax/of/it\n");
	data[n - 512 + 18] = '\n';
	n += tar_entry(data + n, "b", '0', "second");
	n += tar_entry(data + n, "././@LongLink", 'L', "gnu/name");
	n += tar_entry(data + n, "c", '0', "third");
	n += 1024;
	assert_true(eu_tar_is(data, n));
	eu_tar_init(&t, data, n);

	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, "a");
	assert_int_equal(t.size, 5);
	assert_memory_equal(t.file, "first", 5);
	assert_int_equal(eu_tar_next(&t, &err), -EINVAL);
	assert_non_null(strstr(err.text, "bad extended header"));

	/* The record's length is right now. */
	tar_entry(data + 512 + 1024, "x", 'x', "18 path=pax/of/it\n");
	eu_tar_init(&t, data, n);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, "pax/of/it");
	assert_memory_equal(t.file, "second", 6);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, "gnu/name");
	assert_memory_equal(t.file, "third", 5);
	assert_int_equal(eu_tar_next(&t, &err), 0);

	data[512]++;
	eu_tar_init(&t, data, n);
	assert_int_equal(eu_tar_next(&t, &err), -EINVAL);
	assert_string_equal(
		err.text,
		"tar archive: header with a wrong checksum at offset 512");
	data[512]--;
	eu_tar_init(&t, data, 512 + 512 + 3);
	assert_int_equal(eu_tar_next(&t, &err), -EINVAL);
	assert_non_null(strstr(err.text, "entry that ends after the file"));
}

static void test_tar_put(void **state)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 16);
	struct eu_error err = { 0 };
	char name[200];
	struct eu_tar t;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[120] = '/';
	name[199] = '\0';
	assert_int_equal(eu_tar_put(&b, "package.json", "{}", 2), 0);
	assert_int_equal(eu_tar_put(&b, name, "long", 4), 0);
	assert_int_equal(eu_tar_put(&b, "empty", "", 0), 0);
	name[120] = 'n';
	assert_int_equal(eu_tar_put(&b, name, "", 0), -E2BIG);
	name[120] = '/';
	eu_tar_end(&b);
	assert_int_equal(b.len, 512 * (2 + 2 + 1 + 2));
	assert_true(eu_tar_is(b.data, b.len));
	eu_tar_init(&t, b.data, b.len);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, "package.json");
	assert_int_equal(t.size, 2);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, name);
	assert_memory_equal(t.file, "long", 4);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, "empty");
	assert_int_equal(t.size, 0);
	assert_int_equal(eu_tar_next(&t, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_tar_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
