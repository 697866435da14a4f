/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "oci/payload.h"

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
#define DIGEST "sha256:" SUM "f"
#define OTHER "sha256:" SUM "e"
#define TYPE "\"type\":\"cosign container image signature\""
#define IMAGE(digest) "\"image\":{\"docker-manifest-digest\":\"" digest "\"}"
#define IDENTITY(name) "\"identity\":{\"docker-reference\":\"" name "\"}"

/* Byte for byte, as what is signed has to be. */
static void payloads_are_those_of_cosign(void **state)
{
	static const struct {
		const char *ref, *notes, *text;
	} cases[] = {
		{ "a.b:5000/me/x:1", NULL,
		  "{\"critical\":{" IDENTITY("a.b:5000/me/x") "," IMAGE(
			  DIGEST) "," TYPE "},\"optional\":null}" },
		{ "a.b/x", "{}",
		  "{\"critical\":{" IDENTITY("a.b/x") "," IMAGE(
			  DIGEST) "," TYPE "},\"optional\":null}" },
		{ "x", "{\"by\":\"me\",\"a\":\"\\u00fc\\\"\"}",
		  "{\"critical\":{" IDENTITY("index.docker.io/library/x") "," IMAGE(
			  DIGEST) "," TYPE
				  "},\"optional\":{\"a\":\"\xc3\xbc\\\"\",\"by\":\"me\"}}" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_json json_t *notes = cases[i].notes ?
						     json_loads(cases[i].notes,
								0, NULL) :
						     NULL;
		eu_auto_free char *text = NULL;
		struct eu_error err = { 0 };
		struct eu_ref ref;
		size_t len;

		assert_int_equal(eu_ref_parse(cases[i].ref, &ref, NULL), 0);
		text = eu_payload_write(&ref, DIGEST, notes, &len);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(len, strlen(text));
		/* It says of itself what it was told to. */
		if (eu_payload_check(text, len, DIGEST, notes, &err))
			fail_msg("%s", err.text);
		assert_int_equal(eu_payload_check(text, len, OTHER, notes, &err),
				 -EBADMSG);
		assert_non_null(
			strstr(err.text, "is about another manifest, " DIGEST));
		/* Nor is it one at any byte before its end. */
		for (size_t n = 0; n < len; n++)
			assert_int_equal(eu_payload_check(text, n, DIGEST,
							  notes, &err),
					 -EBADMSG);
	}
}

#define WHOLE(critical) "{\"critical\":{" critical "}}"

static void what_payloads_must_say(void **state)
{
	static const struct {
		const char *text, *notes, *why; /* NULL: it is well */
	} cases[] = {
		{ WHOLE(TYPE "," IMAGE(DIGEST)), NULL, NULL },
		{ WHOLE(TYPE "," IMAGE(DIGEST) ",\"more\":1"), NULL, NULL },
		{ "", NULL, "is no JSON" },
		{ "<html>", NULL, "is no JSON" },
		{ WHOLE(TYPE "," IMAGE(DIGEST)) "x", NULL, "is no JSON" },
		{ "null", NULL, "is no JSON" },
		{ "[]", NULL, "is not of type" },
		{ "{}", NULL, "is not of type" },
		{ WHOLE(IMAGE(DIGEST)), NULL, "is not of type" },
		{ WHOLE("\"type\":\"atomic container signature\"," IMAGE(DIGEST)),
		  NULL, "is not of type" },
		{ WHOLE("\"type\":1," IMAGE(DIGEST)), NULL, "is not of type" },
		{ WHOLE(TYPE), NULL, "names no manifest" },
		{ WHOLE(TYPE ",\"image\":\"" DIGEST "\""), NULL,
		  "names no manifest" },
		{ WHOLE(TYPE "," IMAGE("sha256:1")), NULL, "names no manifest" },
		{ WHOLE(TYPE "," IMAGE(OTHER)), NULL, "another manifest" },
		/* Of two members of one name others may read the other one. */
		{ WHOLE(TYPE "," IMAGE(OTHER) "," IMAGE(DIGEST)), NULL,
		  "is no JSON" },
		{ "{\"critical\":{},"
		  "\"critical\":{" TYPE "," IMAGE(DIGEST) "}}",
		  NULL, "is no JSON" },
		{ "{\"critical\":{" TYPE
		  "," IMAGE(DIGEST) "},\"optional\":{\"by\":\"me\",\"n\":\"1\"}}",
		  "{\"by\":\"me\"}", NULL },
		{ "{\"critical\":{" TYPE
		  "," IMAGE(DIGEST) "},\"optional\":{\"by\":\"you\"}}",
		  "{\"by\":\"me\"}", "does not say 'by=me'" },
		{ "{\"critical\":{" TYPE
		  "," IMAGE(DIGEST) "},\"optional\":{\"by\":[\"me\"]}}",
		  "{\"by\":\"me\"}", "does not say 'by=me'" },
		{ WHOLE(TYPE "," IMAGE(DIGEST) ",\"by\":\"me\""),
		  "{\"by\":\"me\"}", "does not say 'by=me'" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_json json_t *notes = cases[i].notes ?
						     json_loads(cases[i].notes,
								0, NULL) :
						     NULL;
		struct eu_error err = { 0 };
		int r = eu_payload_check(cases[i].text, strlen(cases[i].text),
					 DIGEST, notes, &err);

		print_message("%s\n", cases[i].text);
		assert_int_equal(r, cases[i].why ? -EBADMSG : 0);
		if (cases[i].why && !strstr(err.text, cases[i].why))
			fail_msg("%s", err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(payloads_are_those_of_cosign),
		cmocka_unit_test(what_payloads_must_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
