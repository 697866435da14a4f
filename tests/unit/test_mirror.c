/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "oci/mirror.h"

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" SUM

/* What is asked in the place of a.b/me/x:1: "REF REF!", "!" for insecure. */
static void check(const char *name, const char *text, const char *wanted)
{
	struct eu_mirror list[EU_MIRRORS];
	struct eu_buf b = EU_BUF(4096);
	char one[EU_REF_TEXT];
	struct eu_ref ref;
	size_t n;

	print_message("%s\n", wanted);
	assert_int_equal(eu_ref_parse(name, &ref, NULL), 0);
	n = eu_mirrors_of(text, &ref, list);
	for (size_t i = 0; i < n; i++) {
		eu_ref_format(&list[i].ref, one, sizeof(one));
		eu_buf_printf(&b, "%s%s%s", i ? " " : "", one,
			      list[i].insecure ? "!" : "");
	}
	assert_string_equal(eu_buf_str(&b), wanted);
	eu_buf_done(&b);
}

#define REGISTRY(location) "[[registry]]\nlocation=\"" location "\"\n"
#define MIRROR "[[registry.mirror]]\n"

static void mirrors_are_read(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "", "" },
		{ "\n\n#\n", "" },
		{ REGISTRY("a.b") MIRROR "location='m.n'\n", "m.n/me/x:1" },
		{ REGISTRY("a.b/me") MIRROR "location='m.n/o'\n", "m.n/o/x:1" },
		{ REGISTRY("a.b/me/x") MIRROR "location='m.n/o'\n", "m.n/o:1" },
		/* A prefix ends where a part does. */
		{ REGISTRY("a.b/m") MIRROR "location='m.n'\n", "" },
		{ REGISTRY("a") MIRROR "location='m.n'\n", "" },
		/* What is blank, and what is a comment. */
		{ "\t[[registry]] # one\r\n\tlocation\t=\t\"a.b\"\t# x\r\n  " MIRROR
		  "location = \"m.n\"\r\ninsecure = true # yes\r\n",
		  "m.n/me/x:1!" },
		/* The last line may have no end. */
		{ REGISTRY("a.b") MIRROR "location='m.n'", "m.n/me/x:1" },
		/* The prefix is asked about, wherever it stands. */
		{ "[[registry]]\nprefix='c.d'\nlocation='a.b'\n" MIRROR
		  "location='m.n'\n",
		  "" },
		{ "[[registry]]\nlocation='c.d'\nprefix='a.b'\n" MIRROR
		  "location='m.n'\n",
		  "m.n/me/x:1" },
		/* Each says of itself whether any certificate will do, before or after. */
		{ REGISTRY("a.b") MIRROR
		  "location='m.n'\ninsecure=true\n" MIRROR "location='o.p'\n",
		  "m.n/me/x:1! o.p/me/x:1" },
		{ REGISTRY("a.b") MIRROR "location='m.n'\n" MIRROR
					 "insecure=true\nlocation='o.p'\n",
		  "m.n/me/x:1 o.p/me/x:1!" },
		{ REGISTRY("a.b") MIRROR
		  "insecure=true\nlocation='m.n'\n" MIRROR "location='o.p'\n",
		  "m.n/me/x:1! o.p/me/x:1" },
		{ REGISTRY("a.b") MIRROR "location='m.n'\ninsecure=false\n",
		  "m.n/me/x:1" },
		{ REGISTRY("a.b") MIRROR "location='m.n'\ninsecure=\"1\"\n",
		  "m.n/me/x:1" },
		/* That of a registry itself is not a mirror's. */
		{ "[[registry]]\nlocation='a.b'\ninsecure=true\n" MIRROR
		  "location='m.n'\n",
		  "m.n/me/x:1" },
		/* One that is none takes nothing from the one before. */
		{ REGISTRY("a.b") MIRROR "location='m.n'\n" MIRROR
					 "location='-'\ninsecure=true\n",
		  "m.n/me/x:1" },
		{ REGISTRY("a.b") MIRROR "location='m.n\ninsecure=true\n", "" },
		{ REGISTRY("a.b") MIRROR "location\n" MIRROR "locations='m.n'\n",
		  "" },
		{ MIRROR "location='m.n'\n", "" },
		{ "[[registry]]\n" MIRROR "location='m.n'\n", "" },
		/* The longest prefix, in whatever order. */
		{ REGISTRY("a.b/me") MIRROR "location='m.n'\n" REGISTRY("a.b")
			  MIRROR "location='o.p'\n",
		  "m.n/x:1" },
		{ REGISTRY("a.b") MIRROR "location='o.p'\n" REGISTRY("a.b/me")
			  MIRROR "location='m.n'\n",
		  "m.n/x:1" },
		/* Another table ends it. */
		{ REGISTRY("a.b") MIRROR "[aliases]\nlocation='m.n'\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++)
		check("a.b/me/x:1", cases[i].text, cases[i].wanted);
}

static void digests_and_docker_s_own_names(void **state)
{
	(void)state;
	check("a.b/x@" DIGEST, REGISTRY("a.b") MIRROR "location='m.n'\n",
	      "m.n/x@" DIGEST);
	check("a.b/x:1@" DIGEST, REGISTRY("a.b") MIRROR "location='m.n'\n",
	      "m.n/x:1@" DIGEST);
	check("x", REGISTRY("docker.io") MIRROR "location='m.n'\n",
	      "m.n/library/x:latest");
	check("x", REGISTRY("docker.io/library") MIRROR "location='m.n/l'\n",
	      "m.n/l/x:latest");
}

static void there_are_limits(void **state)
{
	struct eu_buf b = EU_BUF(1 << 20), wanted = EU_BUF(4096);

	(void)state;
	eu_buf_puts(&b, REGISTRY("a.b"));
	for (int i = 0; i < EU_MIRRORS + 2; i++) {
		eu_buf_printf(&b, MIRROR "location='m%d.n'\n", i);
		if (i < EU_MIRRORS)
			eu_buf_printf(&wanted, "%sm%d.n/x:1", i ? " " : "", i);
	}
	check("a.b/x:1", eu_buf_str(&b), eu_buf_str(&wanted));
	/* Nothing is made of a line that is cut off. */
	eu_buf_clear(&b);
	eu_buf_puts(&b, REGISTRY("a.b") MIRROR "location='m.n/");
	eu_buf_fill(&b, 'x', 4096);
	eu_buf_puts(&b, "'\n");
	check("a.b/x:1", eu_buf_str(&b), "");
	eu_buf_done(&b);
	eu_buf_done(&wanted);
}

static void where_the_file_is(void **state)
{
	char dir[] = "/tmp/eu_test_XXXXXX";
	eu_auto_free char *own = NULL, *folder = NULL, *of_user = NULL;
	static const char first[] = REGISTRY("a.b") MIRROR "location='m.n'\n";
	static const char second[] = REGISTRY("a.b") MIRROR "location='o.p'\n";
	struct eu_mirror list[EU_MIRRORS];
	struct eu_ref ref;

	(void)state;
	assert_non_null(mkdtemp(dir));
	own = eu_path_join(dir, "own");
	folder = eu_path_join(dir, "containers");
	of_user = eu_path_join(folder, "registries.conf");
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(eu_file_write(own, first, strlen(first), NULL), 0);
	assert_int_equal(eu_file_write(of_user, second, strlen(second), NULL), 0);
	assert_int_equal(eu_ref_parse("a.b/x", &ref, NULL), 0);
	setenv("XDG_CONFIG_HOME", dir, 1);
	assert_int_equal(eu_mirrors_find(&ref, list), 1);
	assert_string_equal(list[0].ref.host, "o.p");
	setenv("CONTAINERS_REGISTRIES_CONF", own, 1);
	assert_int_equal(eu_mirrors_find(&ref, list), 1);
	assert_string_equal(list[0].ref.host, "m.n");
	/* One that is named and is not there is no other. */
	unlink(own);
	assert_int_equal(eu_mirrors_find(&ref, list), 0);
	unlink(of_user);
	rmdir(folder);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mirrors_are_read),
		cmocka_unit_test(digests_and_docker_s_own_names),
		cmocka_unit_test(there_are_limits),
		cmocka_unit_test(where_the_file_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
