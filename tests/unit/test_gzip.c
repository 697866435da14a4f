/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "oci/gzip.h"

#include "gzip_bytes.h"

enum { MAX = 16 << 20 };

static void gzip_is_told_by_its_beginning(void **state)
{
	(void)state;
	assert_true(eu_gzip_is("\037\213\010", 3));
	assert_false(eu_gzip_is("\037\213\010", 2));
	/* Another method than deflate, and no gzip. */
	assert_false(eu_gzip_is("\037\213\007\0", 4));
	assert_false(eu_gzip_is("PK\003\004", 4));
	assert_false(eu_gzip_is("", 0));
}

static void all_members_are_unpacked(void **state)
{
	static const struct {
		const char *parts[3], *behind, *text;
	} cases[] = {
		{ { "" }, "", "" },
		{ { "hello" }, "", "hello" },
		{ { "hello", ", ", "world" }, "", "hello, world" },
		{ { "", "x", "" }, "", "x" },
		/* Padding behind the last one. */
		{ { "hello" }, "\n", "hello" },
		{ { "hello" }, "trailing", "hello" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_buf struct eu_buf in = EU_BUF(4096), out = EU_BUF(4096);
		struct eu_error err = { 0 };

		for (size_t k = 0; k < 3 && cases[i].parts[k]; k++)
			gzip_put(&in, cases[i].parts[k],
				 strlen(cases[i].parts[k]), 9);
		eu_buf_puts(&in, cases[i].behind);
		/* What is there already stays. */
		eu_buf_puts(&out, "> ");
		if (eu_gzip_inflate(in.data, in.len, &out, &err))
			fail_msg("%zu: %s", i, err.text);
		assert_string_equal(eu_buf_str(&out) + 2, cases[i].text);
	}
}

/* At each byte: nothing is taken for the whole. */
static void what_is_cut_off_is_damaged(void **state)
{
	eu_auto_buf struct eu_buf in = EU_BUF(4096);
	struct eu_error err;
	size_t first;

	(void)state;
	gzip_put(&in, "the first", 9, 9);
	first = in.len;
	gzip_put(&in, "the second", 10, 0);
	for (size_t n = 0; n <= in.len; n++) {
		eu_auto_buf struct eu_buf out = EU_BUF(4096);
		/* In memory of its own: one byte more would be seen. */
		char *cut = malloc(n ?: 1);
		int r, wanted = n == first || n == in.len ? 0 : -EINVAL;

		/* Of the second there is too little to be one. */
		if (n > first && n < first + 3)
			wanted = 0;
		assert_non_null(cut);
		memcpy(cut, in.data, n);
		r = eu_gzip_inflate(cut, n, &out, &err);
		free(cut);
		if (r != wanted)
			fail_msg("%zu of %zu bytes: %d", n, in.len, r);
		if (r)
			assert_non_null(strstr(err.text, "is damaged: "));
	}
}

/* Or the sum at its end is wrong, or its length. */
static void what_was_changed_is_damaged(void **state)
{
	eu_auto_buf struct eu_buf in = EU_BUF(4096);
	static const char text[] = "abcdefgh";

	(void)state;
	gzip_put(&in, text, sizeof(text), 0);
	for (size_t i = 0; i < in.len; i++) {
		eu_auto_buf struct eu_buf out = EU_BUF(4096);
		/* The other bits of that one fill a byte. */
		const char bit = i == 10 ? 1 : 0x20;
		int r;

		/* Time, level and system say nothing of the bytes. */
		if (i >= 4 && i < 10)
			continue;
		in.data[i] ^= bit;
		r = eu_gzip_inflate(in.data, in.len, &out, NULL);
		in.data[i] ^= bit;
		if (r != -EINVAL)
			fail_msg("byte %zu of %zu changed: %d", i, in.len, r);
	}
}

static void unpacked_bytes_have_a_limit(void **state)
{
	static const size_t sizes[] = { 1, 258, 4096, 65536, 65537, 200000 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(sizes) * 2; i++) {
		const size_t n = sizes[i / 2];
		eu_auto_buf struct eu_buf in = EU_BUF(MAX), out = EU_BUF(n);
		eu_auto_buf struct eu_buf less = EU_BUF(n - 1);
		struct eu_error err = { 0 };
		char *bytes = malloc(n);

		assert_non_null(bytes);
		for (size_t k = 0; k < n; k++)
			bytes[k] = (char)(k * k >> 3);
		gzip_put(&in, bytes, n, i % 2 ? 9 : 0);
		print_message("%zu bytes as %zu\n", n, in.len);
		/* As many as fit, and one more. */
		if (eu_gzip_inflate(in.data, in.len, &out, &err))
			fail_msg("%s", err.text);
		assert_int_equal(out.len, n);
		assert_memory_equal(out.data, bytes, n);
		assert_int_equal(eu_gzip_inflate(in.data, in.len, &less, &err),
				 -E2BIG);
		assert_non_null(strstr(err.text, "it unpacks to more than "));
		free(bytes);
	}
}

static void bombs_do_not_go_off(void **state)
{
	eu_auto_buf struct eu_buf in = EU_BUF(MAX), out = EU_BUF(MAX);
	char *zeros = calloc(1, MAX);
	struct eu_error err;

	(void)state;
	assert_non_null(zeros);
	/* Small files may be all zeros. */
	gzip_put(&in, zeros, 1 << 20, 9);
	assert_int_equal(eu_gzip_inflate(in.data, in.len, &out, &err), 0);
	assert_int_equal(out.len, 1 << 20);
	eu_buf_clear(&in);
	eu_buf_clear(&out);
	gzip_put(&in, zeros, 8 << 20, 9);
	assert_int_equal(eu_gzip_inflate(in.data, in.len, &out, &err), -E2BIG);
	assert_non_null(strstr(err.text, "more than 100 times its"));
	/* It was given up long before the end. */
	assert_true(out.len < 2 << 20);
	/* Nor by many members. */
	eu_buf_clear(&in);
	eu_buf_clear(&out);
	for (int i = 0; i < 8; i++)
		gzip_put(&in, zeros, 1 << 20, 9);
	assert_int_equal(eu_gzip_inflate(in.data, in.len, &out, &err), -E2BIG);
	free(zeros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gzip_is_told_by_its_beginning),
		cmocka_unit_test(all_members_are_unpacked),
		cmocka_unit_test(what_is_cut_off_is_damaged),
		cmocka_unit_test(what_was_changed_is_damaged),
		cmocka_unit_test(unpacked_bytes_have_a_limit),
		cmocka_unit_test(bombs_do_not_go_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
