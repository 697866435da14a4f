/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/file.h"
#include "oci/policy.h"

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" SUM

/* Quotes are written as ' here. */
static int read_policy(const char *text, struct eu_policy *ret,
		       struct eu_error *err)
{
	eu_auto_free char *json = strdup(text);

	assert_non_null(json);
	for (char *c = json; (c = strchr(c, '\''));)
		*c = '"';
	return eu_policy_read(json, strlen(json), "p.json", ret, err);
}

static void rules_decide(void **state)
{
	static const struct {
		const char *rules, *source;
		enum eu_policy_word word;
	} cases[] = {
		{ "", "a.b/x", EU_POLICY_DENY },
		{ "{'from':'a.b/x','then':'allow'}", "a.b/x", EU_POLICY_ALLOW },
		/* All of it, unless it ends with a slash. */
		{ "{'from':'a.b/x','then':'allow'}", "a.b/xy", EU_POLICY_DENY },
		{ "{'from':'a.b/x','then':'allow'}", "a.b/x/y", EU_POLICY_DENY },
		{ "{'from':'a.b/x/','then':'allow'}", "a.b/x/y/z",
		  EU_POLICY_ALLOW },
		{ "{'from':'a.b/x/','then':'allow'}", "a.b/x", EU_POLICY_DENY },
		{ "{'from':'a.b/','then':'allow'}", "a.b/x", EU_POLICY_ALLOW },
		{ "{'from':'a.b/','then':'allow'}", "a.b.c/x", EU_POLICY_DENY },
		{ "{'from':'a.b/','then':'allow'}", "x.a.b/x", EU_POLICY_DENY },
		{ "{'from':'a.b/','then':'allow'}", "a.b:5000/x", EU_POLICY_DENY },
		/* A star is no slash. */
		{ "{'from':'a.b/*','then':'allow'}", "a.b/x", EU_POLICY_ALLOW },
		{ "{'from':'a.b/*','then':'allow'}", "a.b/x/y", EU_POLICY_DENY },
		{ "{'from':'a.b/*/','then':'allow'}", "a.b/x/y/z",
		  EU_POLICY_ALLOW },
		{ "{'from':'a.b/*-x*z','then':'allow'}", "a.b/1-x-x2z",
		  EU_POLICY_ALLOW },
		{ "{'from':'a.b/*-x*z','then':'allow'}", "a.b/1-y2z",
		  EU_POLICY_DENY },
		{ "{'from':'a.b/*x/y','then':'allow'}", "a.b/xx/y",
		  EU_POLICY_ALLOW },
		{ "{'from':'a.b/*x/y','then':'allow'}", "a.b/x/z/x/y",
		  EU_POLICY_DENY },
		{ "{'from':'*.b/x','then':'allow'}", "a.b/x", EU_POLICY_ALLOW },
		{ "{'from':'*.b/x','then':'allow'}", "c.d/a.b/x", EU_POLICY_DENY },
		{ "{'from':'*/','then':'allow'}", "a.b/x/y", EU_POLICY_ALLOW },
		/* The first that fits. */
		{ "{'from':'a.b/x','then':'deny'},{'from':'a.b/','then':'allow'}",
		  "a.b/x", EU_POLICY_DENY },
		{ "{'from':'a.b/x','then':'deny'},{'from':'a.b/','then':'allow'}",
		  "a.b/y", EU_POLICY_ALLOW },
		{ "{'from':'a.b/','then':'allow'},{'from':'a.b/x','then':'deny'}",
		  "a.b/x", EU_POLICY_ALLOW },
		{ "{'from':'a.b/','keys':['k.pub']}", "a.b/x", EU_POLICY_KEYS },
		/* An address is none of an image. */
		{ "{'from':'a.b/','then':'allow'}", "https://a.b/x",
		  EU_POLICY_DENY },
		{ "{'from':'https://a.b/','then':'allow'}", "https://a.b/x",
		  EU_POLICY_ALLOW },
		{ "{'from':'https://a.b/','then':'allow'}", "http://a.b/x",
		  EU_POLICY_DENY },
		{ "{'from':'https://a.b/','then':'allow'}", "a.b/x",
		  EU_POLICY_DENY },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_policy struct eu_policy p = { 0 };
		const json_t *keys = NULL;
		struct eu_error err = { 0 };
		char text[256];

		snprintf(text, sizeof(text), "{'default':'deny','rules':[%s]}",
			 cases[i].rules);
		print_message("%s: %s\n", cases[i].rules, cases[i].source);
		if (read_policy(text, &p, &err))
			fail_msg("%s", err.text);
		assert_int_equal(eu_policy_rule(&p, cases[i].source, &keys),
				 cases[i].word);
		assert_int_equal(json_array_size(keys),
				 cases[i].word == EU_POLICY_KEYS);
	}
}

static void without_a_rule_the_default_decides(void **state)
{
	eu_auto_policy struct eu_policy p = { 0 }, none = { 0 };
	const json_t *keys;

	(void)state;
	assert_int_equal(read_policy("{'default':'allow','rules':"
				     "[{'from':'a.b/','then':'deny'}]}",
				     &p, NULL),
			 0);
	assert_int_equal(eu_policy_rule(&p, "c.d/x", &keys), EU_POLICY_ALLOW);
	assert_int_equal(eu_policy_rule(&p, "a.b/x", &keys), EU_POLICY_DENY);
	/* Without a policy all is allowed. */
	assert_int_equal(eu_policy_rule(&none, "a.b/x", &keys), EU_POLICY_ALLOW);
	assert_false(eu_policy_lists(&none, DIGEST));
}

static void digests_are_listed(void **state)
{
	eu_auto_policy struct eu_policy p = { 0 };

	(void)state;
	assert_int_equal(read_policy("{'default':'deny','digests':"
				     "['" DIGEST "']}",
				     &p, NULL),
			 0);
	assert_true(eu_policy_lists(&p, DIGEST));
	assert_false(eu_policy_lists(&p, "sha256:" SUM "0"));
	assert_false(eu_policy_lists(&p, SUM));
	assert_false(eu_policy_lists(&p, ""));
}

#define RULE(text) "{'default':'deny','rules':[" text "]}"

static void broken_policies_allow_nothing(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "line 1" },
		{ "[]", "is no object" },
		{ "{}", "'default' of it is to be \"allow\" or \"deny\"" },
		{ "{'default':'permit'}", "'default' of it" },
		{ "{'default':true}", "'default' of it" },
		{ "{'default':'deny'", "line 1" },
		{ "{'default':'deny'} x", "line 1" },
		{ "{'default':'deny','default':'allow'}", "duplicate" },
		{ "{'default':'deny','defualt':'deny'}",
		  "'defualt' is not known in it" },
		{ "{'default':'deny','files':'no'}", "'files' of it" },
		{ "{'default':'deny','digests':{}}", "'digests' is no list" },
		{ "{'default':'deny','digests':['x']}", "digest" },
		{ "{'default':'deny','digests':[1]}", "digest" },
		{ "{'default':'deny','rules':{}}", "'rules' is no list" },
		{ RULE("1"), "rule 1 is no object" },
		{ RULE("{'then':'allow'}"), "'from' of rule 1" },
		{ RULE("{'from':'a.b','then':'allow'}"), "HOST/PATH" },
		{ RULE("{'from':'https://a.b','then':'allow'}"), "HOST/PATH" },
		{ RULE("{'from':1,'then':'allow'}"), "HOST/PATH" },
		{ RULE("{'from':'A.b/x','then':'allow'}"), "small letters" },
		{ RULE("{'from':'HTTPS://a.b/','then':'allow'}"),
		  "small letters" },
		{ RULE("{'from':'a.b/x y','then':'allow'}"), "no source has" },
		{ RULE("{'from':'a.b/x'}"), "one of 'then' and 'keys'" },
		{ RULE("{'from':'a.b/x','then':'deny','keys':['k']}"),
		  "one of 'then' and 'keys'" },
		{ RULE("{'from':'a.b/x','then':'ask'}"), "'then' of rule 1" },
		{ RULE("{'from':'a.b/x','keys':[]}"), "no list with a key" },
		{ RULE("{'from':'a.b/x','keys':'k'}"), "no list with a key" },
		{ RULE("{'from':'a.b/x','keys':['']}"), "no file's name" },
		{ RULE("{'from':'a.b/x','keys':['k',1]}"), "no file's name" },
		{ RULE("{'from':'https://a.b/x','keys':['k']}"),
		  "addresses have no signatures" },
		{ RULE("{'from':'a.b/x','then':'allow','tag':'1'}"),
		  "'tag' is not known in rule 1" },
		{ RULE("{'from':'a.b/x','then':'allow'},{'from':'a'}"), "rule 2" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_policy p = { 0 };
		struct eu_error err;

		print_message("%s\n", cases[i].text);
		assert_int_equal(read_policy(cases[i].text, &p, &err), -EINVAL);
		assert_null(p.path);
		if (!strstr(err.text, "the policy 'p.json' is broken") ||
		    !strstr(err.text, cases[i].why))
			fail_msg("%s", err.text);
	}
}

static void addresses_have_one_form(void **state)
{
	static const struct {
		const char *url, *form; /* NULL: more than one */
	} cases[] = {
		{ "https://a.b/x", "https://a.b/x" },
		{ "HTTPS://A.B/X", "https://a.b/X" },
		{ "https://a.b", "https://a.b/" },
		{ "http://[::1]:80/x?y=Z", "http://[::1]:80/x?y=Z" },
		{ "a.b/x", NULL },
		{ "https://me@a.b/x", NULL },
		{ "https://a.b?x", NULL },
		{ "https://a.b#x", NULL },
		{ "https://a.b\\x", NULL },
		{ "https://a.b/x\\..\\y", NULL },
		{ "https://a.b/x/../y", NULL },
		{ "https://a.b/..", NULL },
		{ "https://a.b/./x", NULL },
		{ "https://a.b/%2E%2e/x", NULL },
		{ "https://a.b/x%2Fy", NULL },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_free char *form = NULL;
		struct eu_error err;
		int r = eu_policy_address(cases[i].url, &form, &err);

		print_message("%s\n", cases[i].url);
		assert_int_equal(r, cases[i].form ? 0 : -EINVAL);
		if (cases[i].form)
			assert_string_equal(form, cases[i].form);
		else
			assert_non_null(strstr(err.text, "cannot tell"));
	}
}

/* Files are asked about by their digest only if the policy says so. */
static void files_are_allowed_or_listed(void **state)
{
	static const struct {
		const char *policy, *name;
		int code;
		const char *why;
	} cases[] = {
		{ "{\"default\":\"deny\"}", "x", 0, NULL },
		{ "{\"default\":\"deny\",\"files\":\"allow\"}", "x", 0, NULL },
		{ "{\"default\":\"allow\",\"files\":\"deny\"}", "x", -EACCES,
		  "does not allow the file 'x', sha256:ba7816bf" },
		{ "{\"default\":\"allow\",\"files\":\"deny\"}", "-", -EACCES,
		  "does not allow standard input, sha256:ba7816bf" },
		{ "{\"default\":\"deny\",\"files\":\"deny\",\"digests\":["
		  "\"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"]}",
		  "x", 0, NULL },
		{ "{", "x", -EINVAL, "is broken and allows nothing" },
	};
	char dir[] = "/tmp/eu_test_XXXXXX";
	eu_auto_free char *path = NULL;
	struct eu_error err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = eu_path_join(dir, "policy.json");
	setenv("EUNOMIA_POLICY", path, 1);
	/* One that is named and is not there allows nothing. */
	assert_int_equal(eu_policy_file("x", "abc", 3, &err), -EACCES);
	assert_non_null(strstr(err.text, "allows nothing"));
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		print_message("%s\n", cases[i].policy);
		assert_int_equal(eu_file_write(path, cases[i].policy,
					       strlen(cases[i].policy), &err),
				 0);
		assert_int_equal(eu_policy_file(cases[i].name, "abc", 3, &err),
				 cases[i].code);
		if (cases[i].why && !strstr(err.text, cases[i].why))
			fail_msg("%s", err.text);
	}
	unlink(path);
	unsetenv("EUNOMIA_POLICY");
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_decide),
		cmocka_unit_test(without_a_rule_the_default_decides),
		cmocka_unit_test(digests_are_listed),
		cmocka_unit_test(broken_policies_allow_nothing),
		cmocka_unit_test(addresses_have_one_form),
		cmocka_unit_test(files_are_allowed_or_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
