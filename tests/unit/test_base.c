/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/account.h"
#include "base/buf.h"
#include "base/config.h"
#include "base/error.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/json.h"
#include "base/nearest.h"
#include "base/options.h"
#include "base/utf8.h"
#include "comma.h"

static void error_prefix_goes_in_front(void **state)
{
	struct eu_error e = { 0 };

	(void)state;
	assert_int_equal(eu_error_set(&e, -ENOENT, "no '%s'", "x"), -ENOENT);
	assert_int_equal(eu_error_prefix(&e, -EIO, "map '%d'", 3), -EIO);
	assert_string_equal(e.text, "map '3': no 'x'");
	assert_int_equal(e.code, -EIO);
	assert_int_equal(eu_error_set(NULL, -EPERM, "x"), -EPERM);
	/* Where nothing failed there need not be a text. */
	memset(&e, 'x', sizeof(e));
	assert_int_equal(eu_error_prefix(&e, 0, "map"), 0);
	assert_int_equal(e.text[0], 'x');
}

static void error_is_cut_at_a_character(void **state)
{
	struct eu_error e;
	char big[sizeof(e.text) + 10];

	(void)state;
	/* A two-byte character sits across the end. */
	memset(big, 'a', sizeof(big));
	memcpy(big + sizeof(e.text) - 2, "\xc3\xa9", 2);
	big[sizeof(big) - 1] = '\0';
	eu_error_set(&e, -E2BIG, "%s", big);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 2);
	assert_int_equal(e.text[strlen(e.text) - 1], 'a');
}

static void buffer_stops_at_its_maximum(void **state)
{
	struct eu_buf b = EU_BUF(10);

	(void)state;
	eu_buf_puts(&b, "12345678");
	eu_buf_puts(&b, "abc");
	assert_int_equal(b.error, -E2BIG);
	assert_int_equal(b.len, 8);
	eu_buf_putc(&b, 'x');
	assert_int_equal(b.len, 8);
	eu_buf_clear(&b);
	eu_buf_printf(&b, "%s", "123456789");
	assert_string_equal(eu_buf_str(&b), "123456789");
	eu_buf_done(&b);
}

static void numbers_over_their_range(void **state)
{
	static const uint64_t values[] = { 0,
					   1,
					   9,
					   10,
					   99,
					   100,
					   999,
					   1000,
					   9999,
					   10000,
					   65535,
					   99999999,
					   100000000,
					   4294967295ull,
					   4294967296ull,
					   999999999999ull,
					   INT64_MAX,
					   (uint64_t)INT64_MAX + 1,
					   UINT64_MAX };
	char want[64], got[64];

	(void)state;
	for (size_t i = 0; i < EU_COUNT(values); i++) {
		snprintf(want, sizeof(want), "%" PRIu64, values[i]);
		*eu_fmt_u64(got, values[i]) = '\0';
		assert_string_equal(got, want);
		snprintf(want, sizeof(want), "%" PRId64, (int64_t)values[i]);
		*eu_fmt_i64(got, values[i]) = '\0';
		assert_string_equal(got, want);
		snprintf(want, sizeof(want), "%" PRIx64, values[i]);
		*eu_fmt_hex(got, values[i]) = '\0';
		assert_string_equal(got, want);
	}
	for (int bits = 0; bits < 64; bits++) {
		snprintf(want, sizeof(want), "%" PRIx64,
			 0xfedcba9876543210 >> bits);
		*eu_fmt_hex(got, 0xfedcba9876543210 >> bits) = '\0';
		assert_string_equal(got, want);
	}
	for (size_t n = 0; n <= 40; n++) {
		memset(got, '.', sizeof(got));
		assert_ptr_equal(
			eu_fmt_name(got,
				    "0123456789abcdefghijklmnopqrstuvwxyzABCD", n),
			got + n);
		assert_memory_equal(
			got, "0123456789abcdefghijklmnopqrstuvwxyzABCD", n);
		assert_int_equal(got[n], '.');
	}
	*eu_fmt_u128(got, UINT64_MAX, UINT64_MAX) = '\0';
	assert_string_equal(got, "340282366920938463463374607431768211455");
	*eu_fmt_u128(got, 1, 0) = '\0';
	assert_string_equal(got, "18446744073709551616");
	*eu_fmt_u128(got, 0x4b3b4ca85a86c47a, 0x098a224000000001) = '\0';
	assert_string_equal(got, "100000000000000000000000000000000000001");
	*eu_fmt_u128(got, 0, 7) = '\0';
	assert_string_equal(got, "7");
}

/* The shortest that reads as the same number, which printf() is asked for. */
static void check_real(double d, bool single)
{
	int digits = single ? 6 : 15;
	char want[64], got[64];

	do {
		snprintf(want, sizeof(want), "%.*g", digits, d);
	} while (digits++ < 17 && (single ? strtof(want, NULL) != (float)d :
					    strtod(want, NULL) != d));
	*eu_fmt_real(got, d, single) = '\0';
	assert_string_equal(got, want);
}

static void reals_read_as_they_were(void **state)
{
	static const double plain[] = { 0,
					-0.0,
					1,
					-1,
					0.1,
					0.5,
					1e-4,
					9.9e-5,
					1e-5,
					1.5e-4,
					100,
					999999,
					1e6,
					1e14,
					1e15,
					0.30000000000000004,
					1e-30,
					1e30,
					999999999999999.0,
					123456.789,
					999999.9,
					5e-324 };
	uint64_t x = 88172645463325252ull, bits;
	double d;
	float f;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(plain); i++) {
		check_real(plain[i], false);
		check_real((float)plain[i], true);
	}
	for (int i = 0; i < 20000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		/* Short decimal fractions, and any bits. */
		d = (double)(int64_t)(x >> (i % 48)) / (double)(1 + i % 1000);
		check_real(d, false);
		check_real((float)d, true);
		d = (double)(x % 10000000) / 1000;
		check_real(d, false);
		check_real((float)d, true);
		bits = (x & 0x800fffffffffffffull) | (uint64_t)(1000 + i % 80)
							     << 52;
		memcpy(&d, &bits, sizeof(d));
		check_real(d, false);
		f = (float)d;
		check_real(f, true);
	}
}

/* Source bytes (up to the first NUL), as JSON, as text, columns of the text. */
static const struct {
	const char *in, *json, *text;
	size_t columns;
} strings[] = {
	{ "", "\"\"", "", 0 },
	{ "/bin/sh", "\"/bin/sh\"", "/bin/sh", 7 },
	{ "a\"b\\c", "\"a\\\"b\\\\c\"", "a\"b\\c", 5 },
	{ "tab\tnl\n", "\"tab\\tnl\\n\"", "tab\\tnl\\n", 9 },
	{ "\x01\x1f", "\"\\u0001\\u001f\"", "\\x01\\x1f", 8 },
	{ "0123456789abcdef\"", "\"0123456789abcdef\\\"\"",
	  "0123456789abcdef\"", 17 },
	{ "caf\xc3\xa9", "\"caf\xc3\xa9\"", "caf\xc3\xa9", 4 },
	{ "\xe6\x97\xa5\xe6\x9c\xac", "\"\xe6\x97\xa5\xe6\x9c\xac\"",
	  "\xe6\x97\xa5\xe6\x9c\xac", 4 },
	/* A character cut in the middle, and bytes that are none. */
	{ "x\xe6\x97", "\"x\xef\xbf\xbd\"", "x\xef\xbf\xbd", 2 },
	{ "\xff\xfe", "\"\xef\xbf\xbd\xef\xbf\xbd\"",
	  "\xef\xbf\xbd\xef\xbf\xbd", 2 },
	{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"",
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 3 },
	{ "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"",
	  "\xef\xbf\xbd\xef\xbf\xbd", 2 },
	/* Delete and CSI, which terminals obey. */
	{ "a\x7f"
	  "b\xc2\x9b"
	  "c",
	  "\"a\\u007fb\xc2\x9b"
	  "c\"",
	  "a\\x7fb\\x9bc", 11 },
	/* e with a combining acute accent: one column. */
	{ "e\xcc\x81", "\"e\xcc\x81\"", "e\xcc\x81", 1 },
};

static void strings_as_json_and_text(void **state)
{
	char out[256];
	size_t columns;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(strings); i++) {
		size_t n = strlen(strings[i].in);

		*eu_fmt_json(out, strings[i].in, n) = '\0';
		assert_string_equal(out, strings[i].json);
		/* The NUL inside ends it as well as the size. */
		*eu_fmt_json(out, strings[i].in, n + 1) = '\0';
		assert_string_equal(out, strings[i].json);
		columns = 0;
		*eu_fmt_text(out, strings[i].in, n + 1, &columns) = '\0';
		assert_string_equal(out, strings[i].text);
		assert_int_equal(columns, strings[i].columns);
	}
}

static void every_byte_gives_valid_json(void **state)
{
	char in[3] = "", out[64];
	json_t *j;

	(void)state;
	for (int a = 1; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			in[0] = (char)a;
			in[1] = (char)b;
			*eu_fmt_json(out, in, 2) = '\0';
			j = json_loads(out, JSON_DECODE_ANY, NULL);
			assert_non_null(j);
			json_decref(j);
		}
	}
}

static void json_keeps_large_numbers(void **state)
{
	static const char text[] = "{\"a\":18446744073709551615,\"b\":"
				   "[\"99999999999999999999\",-1,9223372036854775807],"
				   "\"c\":1e30}";
	struct eu_error e = { 0 };
	uint64_t v = 0;
	json_t *j;

	(void)state;
	j = eu_json_read(text, strlen(text), &e);
	assert_non_null(j);
	assert_int_equal(eu_json_u64(json_object_get(j, "a"), &v), 0);
	assert_true(v == UINT64_MAX);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(j, "b"), 0)),
		"99999999999999999999");
	assert_true(json_integer_value(json_array_get(json_object_get(j, "b"),
						      2)) == INT64_MAX);
	json_decref(j);
}

/* Digits are decimal or, after 0x, hexadecimal: never octal. */
static void numbers_in_strings(void **state)
{
	static const struct {
		const char *text;
		int ret;
		uint64_t v;
	} cases[] = {
		{ "0", 0, 0 },	      { "010", 0, 10 },
		{ "08", 0, 8 },	      { "0x10", 0, 16 },
		{ "0XfF", 0, 255 },   { "0x", -EINVAL, 0 },
		{ "1a", -EINVAL, 0 }, { "-1", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		json_t *j = json_string(cases[i].text);
		uint64_t v = 0;

		assert_int_equal(eu_json_u64(j, &v), cases[i].ret);
		assert_true(v == cases[i].v);
		json_decref(j);
	}
}

static void json_takes_long_strings_as_they_are(void **state)
{
	static const char format[] =
		"{\"a\":[\"%s\",\"x\\\"y\"],\"%s\":1,\"b\":\"%s\",\"c\":\"\\u00e9\"}";
	char big[6001], text[25000];
	struct eu_error e = { 0 };
	json_t *j;

	(void)state;
	memset(big, 'Q', 6000);
	big[6000] = '\0';
	snprintf(text, sizeof(text), format, big, big, big);
	j = eu_json_read(text, strlen(text), &e);
	assert_non_null(j);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(j, "a"), 0)),
		big);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(j, "a"), 1)),
		"x\"y");
	assert_int_equal(json_integer_value(json_object_get(j, big)), 1);
	assert_string_equal(json_string_value(json_object_get(j, "b")), big);
	assert_string_equal(json_string_value(json_object_get(j, "c")),
			    "\xc3\xa9");
	json_decref(j);
	/* Where it is wrong is said of the text as it was given. */
	snprintf(text, sizeof(text), "{\"a\":\"%s\",\n oops}", big);
	assert_null(eu_json_read(text, strlen(text), &e));
	assert_non_null(strstr(e.text, "line 2, column"));
}

static void json_depth_has_a_limit(void **state)
{
	struct eu_error e = { 0 };
	char *deep = malloc(100000);

	(void)state;
	memset(deep, '[', 100000);
	assert_null(eu_json_read(deep, 100000, &e));
	assert_non_null(strstr(e.text, "depth"));
	free(deep);
}

static void yaml_is_the_same_tree(void **state)
{
	static const char yaml[] = "a: 1\nb: [true, null, '2', x]\n"
				   "c:\n  d: -5\n  e: 1.5\n";
	struct eu_error e = { 0 };
	json_t *j, *again;
	char *s;

	(void)state;
	j = eu_yaml_read(yaml, strlen(yaml), &e);
	assert_non_null(j);
	s = eu_json_write(j, NULL);
	assert_string_equal(s, "{\"a\":1,\"b\":[true,null,\"2\",\"x\"],"
			       "\"c\":{\"d\":-5,\"e\":1.5}}");
	free(s);
	s = eu_yaml_write(j, NULL, NULL);
	again = eu_yaml_read(s, strlen(s), &e);
	assert_true(json_equal(j, again));
	free(s);
	json_decref(again);
	json_decref(j);
	assert_null(eu_yaml_read("a: [1", 5, &e));
	assert_non_null(strstr(e.text, "line"));
}

static void numbers_have_a_point_in_any_locale(void **state)
{
	const char *end, *text = "-2.5e3 ";
	struct eu_error e = { 0 };
	json_t *j, *again;
	char *s;

	(void)state;
	comma_begin();
	assert_true(eu_number_real(text, &end) == -2500);
	assert_string_equal(end, " ");
	assert_true(eu_number_real("2,5", &end) == 2);
	assert_string_equal(end, ",5");
	eu_number_real(" 1", &end);
	assert_string_equal(end, " 1");
	/* Half of them is not enough to tell these from their neighbours. */
	j = json_pack("[f, f, f, f]", 0.1, 1.0, 1e300, 0.1 + 0.2);
	s = eu_yaml_write(j, NULL, NULL);
	assert_string_equal(s, "- 0.1\n- 1.0\n- 1e+300\n"
			       "- 0.30000000000000004\n");
	again = eu_yaml_read(s, strlen(s), &e);
	assert_true(json_equal(j, again));
	free(s);
	json_decref(again);
	json_decref(j);
	/* The embedder's choice stays. */
	assert_string_equal(localeconv()->decimal_point, ",");
	comma_end();
}

/* Aliases and short lines make much of little. */
static void yaml_has_limits(void **state)
{
	eu_auto_buf struct eu_buf scalars = EU_BUF(1 << 20);
	eu_auto_buf struct eu_buf keys = EU_BUF(1 << 20);
	eu_auto_buf struct eu_buf values = EU_BUF(8 << 20);
	struct eu_error e = { 0 };

	(void)state;
	/* 64 KiB, two thousand times. */
	eu_buf_puts(&scalars, "- &a ");
	eu_buf_fill(&scalars, 'x', 65536);
	for (int i = 0; i < 2000; i++)
		eu_buf_puts(&scalars, "\n- *a");
	assert_null(eu_yaml_read(scalars.data, scalars.len, &e));
	assert_int_equal(e.code, -E2BIG);
	assert_string_equal(e.text,
			    "line 1: aliases make more than 64 MiB of it");

	eu_buf_puts(&keys, "- &a {? ");
	eu_buf_fill(&keys, 'x', 65536);
	eu_buf_puts(&keys, "\n : 1}");
	for (int i = 0; i < 2000; i++)
		eu_buf_puts(&keys, "\n- *a");
	assert_null(eu_yaml_read(keys.data, keys.len, &e));
	assert_string_equal(e.text,
			    "line 1: aliases make more than 64 MiB of it");

	for (int i = 0; i <= 1000000; i++)
		eu_buf_puts(&values, "- a\n");
	assert_null(eu_yaml_read(values.data, values.len, &e));
	assert_int_equal(e.code, -E2BIG);
	assert_string_equal(e.text, "more than 1000000 values");
}

/* A file is replaced by one of the umask's rights; a pipe stays a pipe. */
static void files_are_written(void **state)
{
	char dir[] = "/tmp/eu_test_XXXXXX", bytes[8] = "";
	eu_auto_free char *file = NULL, *pipe = NULL;
	struct eu_error e = { 0 };
	mode_t mask = umask(027);
	struct stat st;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	file = eu_path_join(dir, "file");
	pipe = eu_path_join(dir, "pipe");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(eu_file_write(file, "text", 4, &e), 0);
		assert_int_equal(stat(file, &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0640);
		assert_int_equal(st.st_size, 4);
	}
	assert_int_equal(umask(mask), 027);

	assert_int_equal(mkfifo(pipe, 0600), 0);
	fd = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(eu_file_write(pipe, "text", 4, &e), 0);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), 4);
	assert_string_equal(bytes, "text");
	close(fd);

	assert_int_equal(eu_file_write(dir, "text", 4, &e), -EISDIR);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(unlink(pipe), 0);
	/* Nothing else is left in it. */
	assert_int_equal(rmdir(dir), 0);
}

static const struct eu_option table[] = {
	{ 'j', "json", NULL, "as JSON", 0 },
	{ 'n', "number", "N", "how many", 1 },
	{ 0, "number-of", "N", "other", 2 },
	{ 0, "no-a", NULL, "three with", 3 },
	{ 0, "no-b", NULL, "the same", 4 },
	{ 0, "no-c", NULL, "beginning", 5 },
	{ 0, "a_word", NULL, "with a line below", 6 },
	{ 0 },
};

static void options_in_all_forms(void **state)
{
	char *argv[] = { (char *)"x",	       (char *)"-jn5",
			 (char *)"--number=6", (char *)"--js",
			 (char *)"word",       (char *)"-3",
			 (char *)"--number",   (char *)"-1",
			 (char *)"--a-word",   (char *)"--number_of",
			 (char *)"--x",	       (char *)"--",
			 (char *)"--json" };
	struct eu_args a = { .argv = argv, .argc = 13, .next = 1 };
	static const struct {
		int ret;
		const char *value;
	} want[] = {
		{ 0, NULL },
		{ 1, "5" },
		{ 1, "6" },
		{ 0, NULL },
		{ EU_ARGS_WORD, "word" },
		{ EU_ARGS_WORD, "-3" },
		{ 1, "-1" },
		{ 6, NULL },
		{ 2, "--x" },
		{ EU_ARGS_WORD, "--json" },
		{ EU_ARGS_END, NULL },
	};
	struct eu_error e = { 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(want); i++) {
		assert_int_equal(eu_args_next(&a, table, &e), want[i].ret);
		if (want[i].value)
			assert_string_equal(a.value, want[i].value);
	}
}

static void options_that_are_wrong(void **state)
{
	static const struct {
		const char *word, *text;
	} bad[] = {
		{ "--nope", "unknown option '--nope'" },
		{ "--jsno", "unknown option '--jsno'; did you mean '--json'?" },
		{ "-x", "unknown option '-x'" },
		{ "--json=1", "option '--json' takes no value" },
		{ "--number", "option '--number' needs a value (N)" },
		{ "--num", "option '--num' is ambiguous: --number, --number-of" },
		{ "--no", "option '--no' is ambiguous: --no-a, --no-b, --no-c" },
	};
	struct eu_error e = { 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(bad); i++) {
		char *argv[] = { (char *)"x", (char *)bad[i].word };
		struct eu_args a = { .argv = argv, .argc = 2, .next = 1 };

		assert_int_equal(eu_args_next(&a, table, &e), -EINVAL);
		assert_string_equal(e.text, bad[i].text);
	}
}

/* A value that was forgotten does not swallow the next option. */
static void options_without_their_value(void **state)
{
	char *argv[] = { (char *)"x", (char *)"--number", (char *)"--json=1" };
	struct eu_args a = { .argv = argv, .argc = 3, .next = 1 };
	struct eu_error e = { 0 };

	(void)state;
	assert_int_equal(eu_args_next(&a, table, &e), -EINVAL);
	assert_string_equal(e.text, "option '--number' needs a value (N)");
}

static void test_nearest_of_few(void **state)
{
	struct eu_nearest n = { .wanted = "nothing", .prefix = "--" };
	static const char *const names[] = { "a", "b", "b", "c", "d", "e", "f" };
	struct eu_error err;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(names); i++) {
		eu_nearest_try(&n, names[i], 1);
		eu_error_set(&err, -ENOENT, "x");
		eu_nearest_or_all(&n, -ENOENT, &err);
		assert_string_equal(
			err.text,
			i == 0 ? "x; there is '--a'" :
			i <= 2 ? "x; there are '--a', '--b'" :
			i == 3 ? "x; there are '--a', '--b', '--c'" :
			i == 4 ? "x; there are '--a', '--b', '--c', '--d'" :
			i == 5 ? "x; there are '--a', '--b', '--c', '--d', '--e'" :
				 "x");
	}
}

static void test_nearest(void **state)
{
	static const char *const names[] = { "vfs_read",  "vfs_readv",
					     "vfs_write", "vfs_raed",
					     "do_rmdir",  "vfs_readdir" };
	static const struct {
		const char *wanted, *words;
	} rows[] = {
		{ "vfs_rea",
		  "x; did you mean 'vfs_read', 'vfs_readv' or 'vfs_raed'?" },
		{ "vfs_wirte", "x; did you mean 'vfs_write'?" },
		{ "do_mkdir", "x; did you mean 'do_rmdir'?" },
		{ "nothing", "x" },
		{ "", "x" },
	};
	struct eu_error err;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		struct eu_nearest n = { .wanted = rows[i].wanted };

		for (size_t k = 0; k < 2 * EU_COUNT(names); k++)
			eu_nearest_try(&n, names[k / 2], strlen(names[k / 2]));
		eu_error_set(&err, -ENOENT, "x");
		assert_int_equal(eu_nearest_append(&n, -ENOENT, &err), -ENOENT);
		assert_string_equal(err.text, rows[i].words);
	}
}

static int count_ids(void *ctx, const struct eu_account *a)
{
	size_t *n = ctx;

	n[a->id == 0]++;
	return a->id == 0 ? 7 : 0;
}

/* Somebody else going through the lists changes nothing for this one. */
static int look_meanwhile(void *ctx, const struct eu_account *a)
{
	struct eu_account other;
	char name[256];

	(void)ctx;
	snprintf(name, sizeof(name), "%s", a->name);
	eu_account_user("no such user", &other);
	eu_account_group("no such group", &other);
	assert_string_equal(a->name, name);
	return 0;
}

static void accounts_are_found_by_name(void **state)
{
	struct eu_account a = { .id = 5, .gid = 6 };
	size_t n[2] = { 0 };

	(void)state;
	assert_int_equal(eu_account_user("root", &a), 1);
	assert_int_equal(a.id, 0);
	assert_int_equal(a.gid, 0);
	a.id = 5;
	assert_int_equal(eu_account_group("root", &a), 1);
	assert_int_equal(a.id, 0);
	assert_int_equal(eu_account_user("no such user", &a), 0);
	assert_int_equal(eu_account_group("", &a), 0);
	/* Ends when the function says so. */
	assert_int_equal(eu_accounts_users(count_ids, n), 7);
	assert_int_equal(n[1], 1);
	assert_int_equal(eu_accounts_users(look_meanwhile, NULL), 0);
	assert_int_equal(eu_accounts_groups(look_meanwhile, NULL), 0);
}

static void json_is_built_whole_or_not_at_all(void **state)
{
	json_t *j = json_object(), *list = json_array();
	eu_auto_free char *line = NULL;

	(void)state;
	eu_json_put_text(&j, "b",
			 "an\xff"
			 "object \xc3\xa9\xe2\x82");
	eu_json_put_text(&j, "left out", NULL);
	eu_json_put_number(&j, "a", 7);
	eu_json_add(&list, json_true());
	eu_json_put(&j, "c", list);
	line = eu_json_line(j);
	assert_string_equal(
		line,
		"{\"b\":\"an\xef\xbf\xbdobject \xc3\xa9\xef\xbf\xbd\",\"a\":7,\"c\":[true]}");
	eu_json_put(&j, "d", NULL);
	assert_null(j);
	eu_json_put_number(&j, "e", 8);
	assert_null(j);
	assert_null(eu_json_line(j));
	list = json_array();
	eu_json_add(&list, j);
	assert_null(list);
	eu_json_add(&list, json_true());
	assert_null(list);
}

static void the_folder_of_what_users_want(void **state)
{
	static const struct {
		const char *config, *home, *path;
	} cases[] = {
		{ "/c", "/h", "/c/x/y" },
		{ "c", "/h", "/h/.config/x/y" },
		{ "", "/h", "/h/.config/x/y" },
		{ NULL, "/h", "/h/.config/x/y" },
		{ NULL, "h", NULL },
		{ NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_free char *path = NULL;

		unsetenv("XDG_CONFIG_HOME");
		unsetenv("HOME");
		if (cases[i].config)
			setenv("XDG_CONFIG_HOME", cases[i].config, 1);
		if (cases[i].home)
			setenv("HOME", cases[i].home, 1);
		path = eu_config_path("x/y");
		if (cases[i].path)
			assert_string_equal(path, cases[i].path);
		else
			assert_null(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(error_prefix_goes_in_front),
		cmocka_unit_test(error_is_cut_at_a_character),
		cmocka_unit_test(buffer_stops_at_its_maximum),
		cmocka_unit_test(numbers_over_their_range),
		cmocka_unit_test(reals_read_as_they_were),
		cmocka_unit_test(strings_as_json_and_text),
		cmocka_unit_test(every_byte_gives_valid_json),
		cmocka_unit_test(json_keeps_large_numbers),
		cmocka_unit_test(numbers_in_strings),
		cmocka_unit_test(json_takes_long_strings_as_they_are),
		cmocka_unit_test(json_depth_has_a_limit),
		cmocka_unit_test(accounts_are_found_by_name),
		cmocka_unit_test(json_is_built_whole_or_not_at_all),
		cmocka_unit_test(yaml_is_the_same_tree),
		cmocka_unit_test(numbers_have_a_point_in_any_locale),
		cmocka_unit_test(yaml_has_limits),
		cmocka_unit_test(files_are_written),
		cmocka_unit_test(the_folder_of_what_users_want),
		cmocka_unit_test(options_in_all_forms),
		cmocka_unit_test(options_that_are_wrong),
		cmocka_unit_test(options_without_their_value),
		cmocka_unit_test(test_nearest_of_few),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
