/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "net/fetch.h"

/* The headers of an answer as they are kept: each ended by NUL. */
static void receive(struct eu_http *h, const char *const *lines)
{
	h->received = (struct eu_buf)EU_BUF(4096);
	for (; *lines; lines++)
		eu_buf_put(&h->received, *lines, strlen(*lines) + 1);
}

static void headers_are_found_by_name(void **state)
{
	static const char *const lines[] = {
		"HTTP/1.1 200 OK", "Content-Type: a/b", "ETAG:\t\"x\"",
		"Empty:",	   "etag: y",		NULL
	};
	struct eu_http h = { 0 };
	const char *etag;

	(void)state;
	receive(&h, lines);
	assert_string_equal(eu_http_header(&h, "content-type"), "a/b");
	assert_string_equal(eu_http_header(&h, "etag"), "\"x\"");
	assert_string_equal(eu_http_header(&h, "empty"), "");
	etag = eu_http_header(&h, "etag");
	etag = eu_http_header_after(&h, "etag", etag);
	assert_string_equal(etag, "y");
	assert_null(eu_http_header_after(&h, "etag", etag));
	assert_null(eu_http_header(&h, "content"));
	assert_null(eu_http_header(&h, "http/1.1 200 ok"));
	eu_http_done(&h);
}

static void pauses_grow_or_are_asked_for(void **state)
{
	static const struct {
		const char *header; /* NULL: none */
		int result;	    /* of the transfer */
		unsigned int tries;
		int ms;
	} cases[] = {
		{ NULL, 0, 1, 200 },
		{ NULL, 0, 2, 600 },
		{ NULL, 0, 3, 1800 },
		{ NULL, 0, 99, 30000 },
		/* What broke off is tried at once. */
		{ NULL, -ECONNRESET, 1, 0 },
		{ NULL, -ECONNRESET, 2, 200 },
		{ NULL, -ECONNRESET, 3, 600 },
		{ "Retry-After: 0", 0, 3, 0 },
		{ "retry-after: 7", 0, 1, 7000 },
		{ "Retry-After: 30", 0, 1, 30000 },
		/* Nobody waits for these. */
		{ "Retry-After: 31", 0, 1, -1 },
		{ "Retry-After: 99999999999999999999", 0, 1, -1 },
		{ "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", 0, 1, -1 },
		{ "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", 0, 2, 0 },
		/* What is no time says nothing. */
		{ "Retry-After: soon", 0, 1, 200 },
		{ "Retry-After: -5", 0, 1, 200 },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		const char *const lines[] = { "HTTP/1.1 429 Later",
					      cases[i].header, NULL };
		struct eu_http h = { .result = cases[i].result };

		print_message("%s, %u\n", cases[i].header ?: "-", cases[i].tries);
		receive(&h, lines);
		assert_int_equal(eu_http_pause(&h, cases[i].tries), cases[i].ms);
		eu_http_done(&h);
	}
}

static void addresses_are_told_from_files(void **state)
{
	static const char *const known[] = { "http://a", "HTTPS://a",
					     "file:///a", "data:,a" };
	static const char *const others[] = { "", "a", "http:", "ftp://a",
					      "xhttp://a" };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(known); i++)
		assert_true(eu_fetch_knows(known[i]));
	for (size_t i = 0; i < EU_COUNT(others); i++)
		assert_false(eu_fetch_knows(others[i]));
}

static void addresses_may_hold_the_file(void **state)
{
	static const struct {
		const char *address, *bytes; /* NULL: refused */
		size_t len;
	} cases[] = {
		{ "data:,abc", "abc", 3 },
		{ "data:text/plain,a%20b", "a b", 3 },
		{ "data:;base64,AGFzbQ==", "\0asm", 4 },
		{ "data:a/b;base64,YQ%3D%3D", "a", 1 },
		{ "data:,", "", 0 },
		{ "data:abc", NULL, 0 },
		{ "data:,%4", NULL, 0 },
		{ "data:,%zz", NULL, 0 },
		{ "data:;base64,!", NULL, 0 },
		{ "data:,0123456789abcdef0", NULL, 0 }, /* too much */
		{ "file://host/x", NULL, 0 },
		{ "file:///none/%", NULL, 0 },
		{ "file:///none/there", NULL, 0 },
	};
	const struct eu_http_opts o = { 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_error err = { 0 };
		char *data = NULL;
		size_t len = 0;
		int r = eu_fetch(cases[i].address, &o, 16, &data, &len, &err);

		print_message("%s: %s\n", cases[i].address, err.text);
		if (!cases[i].bytes) {
			assert_true(r < 0);
			assert_true(*err.text);
			assert_null(strstr(err.text, "memory"));
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal(len, cases[i].len);
		assert_memory_equal(data, cases[i].bytes, len + 1);
		free(data);
	}
}

static void addresses_name_files(void **state)
{
	static const struct {
		const char *address, *path; /* NULL: @error */
		int error;
	} cases[] = {
		{ "file:///a/b", "/a/b", 0 },
		{ "FILE://localhost/a%20b%2Fc", "/a b/c", 0 },
		{ "file:///", "/", 0 },
		{ "file://a", NULL, -EINVAL },
		{ "file:///a%", NULL, -EINVAL },
		{ "file:///a%00b", NULL, -EINVAL },
		{ "file:/a", NULL, -ENOENT },
		{ "https://a/b", NULL, -ENOENT },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_error err = { 0 };
		char *path = NULL;

		print_message("%s\n", cases[i].address);
		assert_int_equal(eu_fetch_path(cases[i].address, &path, &err),
				 cases[i].error);
		if (cases[i].path)
			assert_string_equal(path, cases[i].path);
		else
			assert_null(path);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_found_by_name),
		cmocka_unit_test(pauses_grow_or_are_asked_for),
		cmocka_unit_test(addresses_are_told_from_files),
		cmocka_unit_test(addresses_may_hold_the_file),
		cmocka_unit_test(addresses_name_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
