/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "oci/about.h"
#include "oci/artifact.h"
#include "oci/challenge.h"
#include "oci/layers.h"
#include "oci/mirror.h"
#include "oci/policy.h"

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" SUM

static void references_are_taken_apart(void **state)
{
	static const struct {
		const char *text, *host, *path, *tag, *digest;
	} cases[] = {
		{ "x", "docker.io", "library/x", "latest", "" },
		{ "docker.io/x", "docker.io", "library/x", "latest", "" },
		{ "index.docker.io/me/x", "docker.io", "me/x", "latest", "" },
		{ "me/x", "docker.io", "me/x", "latest", "" },
		{ "x:1.2_3-4", "docker.io", "library/x", "1.2_3-4", "" },
		{ "localhost/x", "localhost", "x", "latest", "" },
		{ "localhost:5000/x", "localhost:5000", "x", "latest", "" },
		{ "localhost:5000/x:5", "localhost:5000", "x", "5", "" },
		/* Without a slash it is a tag. */
		{ "localhost:5000", "docker.io", "library/localhost", "5000", "" },
		{ "example.org/a/b__c/d--e.f:T", "example.org", "a/b__c/d--e.f",
		  "T", "" },
		{ "example.org/x@" DIGEST, "example.org", "x", "", DIGEST },
		{ "example.org/x:1@" DIGEST, "example.org", "x", "1", DIGEST },
		{ "[::1]:5000/x", "[::1]:5000", "x", "latest", "" },
		{ "127.0.0.1:80/x", "127.0.0.1:80", "x", "latest", "" },
		{ "Host.org/x", "Host.org", "x", "latest", "" },
		/* No dot and no colon: a part of the path. */
		{ "localhosts/x", "docker.io", "localhosts/x", "latest", "" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_error err = { 0 };
		struct eu_ref ref;

		print_message("'%s'\n", cases[i].text);
		if (eu_ref_parse(cases[i].text, &ref, &err))
			fail_msg("%s", err.text);
		assert_string_equal(ref.host, cases[i].host);
		assert_string_equal(ref.path, cases[i].path);
		assert_string_equal(ref.tag, cases[i].tag);
		assert_string_equal(ref.digest, cases[i].digest);
	}
}

static void references_that_are_none(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "empty" },
		{ "X", "path" },
		{ "a//b", "path" },
		{ "/x", "path" },
		{ "x/", "path" },
		{ "a..b", "path" },
		{ "a___b", "path" },
		{ "-a", "path" },
		{ "a-", "path" },
		{ "x:", "tag" },
		{ "x:-1", "tag" },
		{ "x:a b", "tag" },
		{ "x@sha256:12", "digest" },
		{ "x@" DIGEST "0", "digest" },
		{ "x@md5:" SUM, "digest" },
		{ "exa_mple.org/x", "host" },
		{ "-a.org/x", "host" },
		{ "a.org:port/x", "host" },
		{ "a.org:123456/x", "host" },
		{ "[::1/x", "host" },
		{ "../x", "host" },
	};
	char longest[EU_REF_TEXT + 2];
	struct eu_error err;
	struct eu_ref ref;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		print_message("'%s'\n", cases[i].text);
		assert_int_equal(eu_ref_parse(cases[i].text, &ref, &err),
				 -EINVAL);
		if (!strstr(err.text, cases[i].why))
			fail_msg("%s", err.text);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t n = sizeof(longest) - 1; n > EU_REF_PATH; n /= 2) {
		longest[n] = '\0';
		assert_int_equal(eu_ref_parse(longest, &ref, &err), -EINVAL);
		assert_non_null(strstr(err.text, "too long"));
	}
}

static void this_machine_is_told_from_others(void **state)
{
	static const struct {
		const char *text;
		bool loopback;
	} cases[] = {
		{ "localhost/x", true },      { "localhost:1/x", true },
		{ "127.0.0.1:5000/x", true }, { "127.8.9.1/x", true },
		{ "[::1]:80/x", true },	      { "127.0.0.1.org/x", false },
		{ "localhost.org/x", false }, { "128.0.0.1/x", false },
		{ "[::12]:80/x", false },     { "x", false },
	};
	struct eu_ref ref;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		print_message("'%s'\n", cases[i].text);
		assert_int_equal(eu_ref_parse(cases[i].text, &ref, NULL), 0);
		assert_int_equal(eu_ref_is_loopback(&ref), cases[i].loopback);
	}
}

static void digests_are_sha256(void **state)
{
	char digest[EU_DIGEST];

	(void)state;
	assert_int_equal(eu_digest_of("abc", 3, digest, NULL), 0);
	assert_string_equal(
		digest,
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#define PART(type, n) \
	"{\"mediaType\":\"" type "\",\"digest\":\"" DIGEST "\",\"size\":" #n "}"

static void manifests_are_read(void **state)
{
	static const char text[] =
		"{\"schemaVersion\":2,\"artifactType\":\"a/b\",\"config\":" PART(
			"c/d", 2) ",\"layers\":[" PART("e/f", 7) "]}";
	struct eu_manifest m;

	(void)state;
	assert_int_equal(
		eu_manifest_read(text, sizeof(text) - 1, NULL, &m, NULL), 0);
	assert_false(m.index);
	assert_string_equal(m.type, EU_OCI_MANIFEST);
	assert_string_equal(m.artifact, "a/b");
	assert_string_equal(m.config.type, "c/d");
	assert_int_equal(m.n, 1);
	assert_string_equal(m.parts[0].type, "e/f");
	assert_string_equal(m.parts[0].digest, DIGEST);
	assert_int_equal(m.parts[0].size, 7);
	eu_manifest_done(&m);
}

static void manifests_that_are_none(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "manifest" },
		{ "[]", "object" },
		{ "<html>", "manifest" },
		{ "{}", "no list 'layers'" },
		{ "{\"layers\":{}}", "no list 'layers'" },
		{ "{\"layers\":[]}", "digest" }, /* no config */
		{ "{\"manifests\":[{}]}", "digest" },
		{ "{\"mediaType\":\"x/y\",\"layers\":[]}", "'x/y'" },
		{ "{\"layers\":[{\"digest\":\"" DIGEST "\"}]}", "type" },
		{ "{\"layers\":[{\"digest\":\"" DIGEST
		  "\",\"mediaType\":\"a/b\",\"size\":-1}]}",
		  "size" },
	};
	struct eu_manifest m;
	struct eu_error err;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		print_message("'%s'\n", cases[i].text);
		assert_int_equal(eu_manifest_read(cases[i].text,
						  strlen(cases[i].text), NULL,
						  &m, &err),
				 -EINVAL);
		if (!strstr(err.text, cases[i].why))
			fail_msg("%s", err.text);
	}
}

static void manifests_have_limits(void **state)
{
	struct eu_buf b = EU_BUF(64 << 20);
	struct eu_manifest m;
	struct eu_error err;

	(void)state;
	eu_buf_puts(&b, "{\"layers\":[" PART("a/b", 1));
	for (size_t i = 0; i < 100000; i++)
		eu_buf_puts(&b, "," PART("a/b", 1));
	eu_buf_puts(&b, "]}");
	assert_int_equal(eu_manifest_read(b.data, b.len, NULL, &m, &err), -E2BIG);
	eu_buf_done(&b);
}

static void challenges_say_where_tokens_are(void **state)
{
	static const struct {
		const char *challenge, *scopes, *url; /* NULL: none */
		unsigned int how;
	} cases[] = {
		{ "Bearer realm=\"https://a.b/t\",service=\"c d\"",
		  "repository:me/x:pull",
		  "https://a.b/t?service=c%20d&scope=repository%3Ame%2Fx%3Apull",
		  EU_CHALLENGE_TLS },
		{ "bearer service=\"r,s\", realm=\"http://a.b/t?x=1\"",
		  "a:b:pull,push",
		  "http://a.b/t?x=1&service=r%2Cs&scope=a%3Ab%3Apull%2Cpush" },
		{ "Bearer realm=https://a.b/t,scope=z", "s",
		  "https://a.b/t?scope=s", EU_CHALLENGE_TLS },
		/* Several: as queries have them, and as forms do. */
		{ "Bearer realm=\"https://a.b/t\",service=c", "s t",
		  "https://a.b/t?service=c&scope=s&scope=t" },
		{ "Bearer realm=\"https://a.b/t\",service=c", "s t",
		  "https://a.b/t?service=c&scope=s%20t", EU_CHALLENGE_FORM },
		{ "Bearer realm = \"https://a.b/t\" , service = c", "",
		  "https://a.b/t?service=c" },
		/* Not what another challenge says, nor what a quote holds. */
		{ "Bearer service=c, Basic realm=\"https://a.b/t\"", "", NULL },
		{ "Bearer realm=\"https://a.b/t\", Basic service=c", "",
		  "https://a.b/t?" },
		{ "Bearer x=\"\\\", realm=y\",realm=\"https://a.b/t\"", "",
		  "https://a.b/t?" },
		{ "Bearer realm=\"https://a.b/t\",service=\"c\\\"d\"", "",
		  "https://a.b/t?service=c%22d" },
		{ "Bearer service=\"realm=https://a.b/t\"", "", NULL },
		/* Not in the clear what comes encrypted. */
		{ "Bearer realm=\"http://a.b/t\"", "", NULL, EU_CHALLENGE_TLS },
		{ "Bearer realm=\"ftp://a.b/t\"", "", NULL },
		{ "Bearer ", "", NULL },
		{ "Bearer realm=\"", "", NULL },
		{ "Bearer x=\"", "", NULL },
		{ "Bearer x=\"\\", "", NULL },
		{ "Bearer", "", NULL },
	};
	const struct eu_ref ref = { .host = "a.b", .path = "me/x" };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_buf url = EU_BUF(4096);
		int r = eu_challenge_url(cases[i].challenge, &ref,
					 cases[i].scopes, cases[i].how, &url,
					 NULL);

		print_message("'%s'\n", cases[i].challenge);
		assert_int_equal(r, cases[i].url ? 0 : -EINVAL);
		if (cases[i].url)
			assert_string_equal(eu_buf_str(&url), cases[i].url);
		eu_buf_done(&url);
	}
}

static void challenges_are_found_in_headers(void **state)
{
	static const struct {
		const char *header, *scheme;
		int at; /* -1: there is none */
	} cases[] = {
		{ "Bearer realm=\"x\"", "Bearer", 0 },
		{ "BEARER", "Bearer", 0 },
		{ "Basic realm=\"x\", Bearer realm=\"y\"", "Bearer", 17 },
		{ "Basic realm=\"x\", Bearer realm=\"y\"", "Basic", 0 },
		{ " ,Basic realm=x,, Bearer", "Bearer", 18 },
		{ "Negotiate YII==, Basic", "Basic", 17 },
		{ "Basic realm=\"x, Bearer realm=y\"", "Bearer", -1 },
		{ "Basic realm=\"x\\\", Bearer realm=y\"", "Bearer", -1 },
		{ "Basic realm=\"x", "Bearer", -1 },
		{ "Basic Bearer=x", "Bearer", -1 },
		{ "Bearerx realm=y", "Bearer", -1 },
		{ "\"\" = \"", "Bearer", -1 },
		{ "", "Bearer", -1 },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		const char *p = eu_challenge_find(cases[i].header,
						  cases[i].scheme);

		print_message("'%s'\n", cases[i].header);
		assert_int_equal(p ? p - cases[i].header : -1, cases[i].at);
	}
}

static void kinds_are_told_by_their_beginning(void **state)
{
	char tar[512] = { 0 };

	(void)state;
	memcpy(tar + 257, "ustar", 5);
	assert_string_equal(eu_artifact_of("\0asm\1\0\0\0", 8)->what,
			    "Wasm module");
	assert_string_equal(eu_artifact_of("{}", 2)->what, "package");
	assert_string_equal(eu_artifact_of("\177ELF\2", 5)->what, "BPF object");
	assert_string_equal(eu_artifact_of(tar, sizeof(tar))->what, "archive");
	assert_null(eu_artifact_of("", 0));
	assert_null(eu_artifact_of("\0as", 3));
	assert_null(eu_artifact_of("hello", 5));
}

static void licences_become_expressions(void **state)
{
	static const struct {
		const char *kernels, *spdx; /* NULL: none */
	} cases[] = {
		{ "GPL", "GPL-2.0" },
		{ "GPL v2", "GPL-2.0-only" },
		{ "Dual BSD/GPL", "LicenseRef-BSD OR GPL-2.0" },
		{ "Dual MIT/GPL", "MIT OR GPL-2.0" },
		{ "Apache-2.0", "Apache-2.0" },
		{ "Proprietary", "LicenseRef-Proprietary" },
		{ "", NULL },
		{ "all rights reserved", NULL },
		{ "\033", NULL },
	};
	const char *spdx;
	char to[64];

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		spdx = eu_about_license(cases[i].kernels, to, sizeof(to));
		print_message("'%s'\n", cases[i].kernels);
		if (cases[i].spdx)
			assert_string_equal(spdx, cases[i].spdx);
		else
			assert_null(spdx);
	}
}

static void architectures_have_two_names(void **state)
{
	(void)state;
	assert_string_equal(eu_platform("x86"), "amd64");
	assert_string_equal(eu_platform("amd64"), "amd64");
	assert_string_equal(eu_platform("riscv"), "riscv64");
	assert_non_null(eu_platform(NULL));
	assert_null(eu_platform("x86_64"));
	assert_null(eu_platform(""));
}

static void mirrors_are_those_of_the_longest_prefix(void **state)
{
	static const char text[] = "unqualified-search-registries = [\"docker.io\"]\n"
				   "# location = \"no\"\n"
				   "[[registry]]\n"
				   "location = \"a.b\"\n"
				   "  [[registry.mirror]]\r\n"
				   "  location = 'one.b:5000/all' # the first\n"
				   "  insecure = true\n"
				   "[[registry.mirror]]\n"
				   "location=\"two.b\"\n"
				   "[[registry]]\n"
				   "prefix = \"a.b/me\"\n"
				   "location = \"a.b/you\"\n"
				   "[[registry.mirror]]\n"
				   "location = \"three.b/x\"\n"
				   "[aliases]\n"
				   "location = \"four.b\"\n";
	static const struct {
		const char *ref, *first; /* NULL: none */
		size_t n;
		bool insecure;
	} cases[] = {
		{ "a.b/x:1", "one.b:5000/all/x:1", 2, true },
		{ "a.b/meat", "one.b:5000/all/meat:latest", 2, true },
		{ "a.b/me/x@" DIGEST, "three.b/x/x@" DIGEST, 1, false },
		{ "a.bc/x", NULL, 0, false },
		{ "x", NULL, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_mirror list[EU_MIRRORS];
		char name[EU_REF_TEXT];
		struct eu_ref ref;

		print_message("%s\n", cases[i].ref);
		assert_int_equal(eu_ref_parse(cases[i].ref, &ref, NULL), 0);
		assert_int_equal(eu_mirrors_of(text, &ref, list), cases[i].n);
		if (!cases[i].first)
			continue;
		eu_ref_format(&list[0].ref, name, sizeof(name));
		assert_string_equal(name, cases[i].first);
		assert_int_equal(list[0].insecure, cases[i].insecure);
	}
}

static void layers_have_a_limit_together(void **state)
{
	static const char data[100] = "text";
	eu_auto_layers struct eu_layers l = { .max = 100, .max_all = 250 };
	struct eu_error err;

	(void)state;
	assert_int_equal(eu_layers_add(&l, data, 100, "a", &err), 0);
	assert_int_equal(eu_layers_add(&l, data, 100, "b", &err), 0);
	assert_int_equal(eu_layers_add(&l, data, 100, "c", &err), -E2BIG);
	assert_string_equal(err.text, "its layers unpack to more than 250 bytes");
	assert_int_equal(eu_layers_add(&l, data, 50, "c", &err), 0);
	assert_int_equal(eu_layers_add(&l, data, 1, "d", &err), -E2BIG);
}

static void what_cannot_be_had_leaves_the_result_alone(void **state)
{
	const struct eu_policy before = { .path = (char *)"before" };
	struct eu_policy p = before;
	struct eu_error err;

	(void)state;
	setenv("EUNOMIA_POLICY", "/nobody/has/one.json", 1);
	assert_int_equal(eu_policy_load(&p, &err), -EACCES);
	assert_memory_equal(&p, &before, sizeof(p));
	unsetenv("EUNOMIA_POLICY");
}

static void writers_share_the_room(void **state)
{
	const struct eu_descriptor first = { .digest = DIGEST, .size = 7 };
	const struct eu_descriptor second = { .digest = DIGEST, .size = 6 };
	char dir[] = "/tmp/eunomia-store-XXXXXX", remove[64];
	eu_auto_store struct eu_store s = { 0 };
	struct eu_store_writer one, other = { 0 };
	struct eu_error err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	setenv("EUNOMIA_STORE_MAX", "12", 1);
	assert_int_equal(eu_store_open(dir, &s, &err), 0);
	unsetenv("EUNOMIA_STORE_MAX");
	/* Neither has a byte yet. */
	assert_int_equal(eu_store_begin(&s, &first, &one, &err), 0);
	assert_int_equal(eu_store_begin(&s, &second, &other, &err), -EDQUOT);
	assert_null(other.store);
	assert_int_equal(eu_store_write(&one, "0123456", 7, &err), 0);
	assert_int_equal(eu_store_write(&one, "7", 1, &err), -EBADMSG);
	assert_int_equal(eu_store_begin(&s, &second, &other, &err), -EDQUOT);
	eu_store_end(&one);
	assert_int_equal(eu_store_begin(&s, &second, &other, &err), 0);
	eu_store_end(&other);
	snprintf(remove, sizeof(remove), "rm -r %s", dir);
	assert_int_equal(system(remove), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_are_taken_apart),
		cmocka_unit_test(references_that_are_none),
		cmocka_unit_test(this_machine_is_told_from_others),
		cmocka_unit_test(digests_are_sha256),
		cmocka_unit_test(manifests_are_read),
		cmocka_unit_test(manifests_that_are_none),
		cmocka_unit_test(manifests_have_limits),
		cmocka_unit_test(challenges_say_where_tokens_are),
		cmocka_unit_test(challenges_are_found_in_headers),
		cmocka_unit_test(mirrors_are_those_of_the_longest_prefix),
		cmocka_unit_test(kinds_are_told_by_their_beginning),
		cmocka_unit_test(licences_become_expressions),
		cmocka_unit_test(architectures_have_two_names),
		cmocka_unit_test(layers_have_a_limit_together),
		cmocka_unit_test(what_cannot_be_had_leaves_the_result_alone),
		cmocka_unit_test(writers_share_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
