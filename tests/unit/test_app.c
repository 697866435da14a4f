/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <bpf/btf.h>
#include <cmocka.h>

#include "btf_text.h"
#include "gen/app.h"

/* The user space that is written for a package, whose names are anybody's. */

#define EVIL "x; int evil(void) { /**/ }"

enum { MAPS = 4 };

static struct eu_map maps[MAPS];
static struct eu_prog prog;
static struct eu_var var;

static struct eu_package package(void)
{
	/* What a package of an object has of it, as far as user space goes. */
	for (int i = 0; i < MAPS; i++)
		maps[i] = (struct eu_map){ .type = BPF_MAP_TYPE_RINGBUF };
	prog = (struct eu_prog){ .name = (char *)"p", .section = (char *)"s" };
	var = (struct eu_var){ .name = (char *)EVIL,
			       .section = (char *)".rodata",
			       .size = 4 };
	return (struct eu_package){ .name = (char *)"a*/ int evil;\n\\",
				    .maps = maps,
				    .progs = &prog,
				    .n_progs = 1,
				    .vars = &var,
				    .n_vars = 1 };
}

static void name_map(int i, const char *name)
{
	maps[i].name = maps[i].ident = (char *)name;
}

static void test_rows(void **state)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_package pkg = package();
	struct eu_error err = { 0 };

	(void)state;
	pkg.btf = text_to_btf("int int 4\n"
			      "struct event 4 n:1@0\n",
			      NULL);
	pkg.n_maps = 2;
	for (int i = 0; i < 2; i++) {
		name_map(i, i ? "two" : "one");
		maps[i].value_type_id = 2;
	}
	if (eu_app_write(&pkg, &out, &err))
		fail_msg("%s", err.text);
	btf__free(pkg.btf);
	assert_non_null(
		strstr(eu_buf_str(&out),
		       "bpf_print_of_map(stdout, \"two\", &event__type, &e);"));
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *want;
	} bad[] = {
		{ "a\"b", "'a\"b' is no name in C" },
		{ "x*/ y", "'x*/ y' is no name in C" },
	};
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_package pkg = package();
	struct eu_error err = { 0 };

	(void)state;
	pkg.btf = btf__new_empty();
	btf__set_pointer_size(pkg.btf, 8);
	btf__add_int(pkg.btf, EVIL, 4, BTF_INT_SIGNED); /* 1 */
	btf__add_struct(pkg.btf, EVIL, 4);
	btf__add_field(pkg.btf, "n", 1, 0, 0);
	btf__add_struct(pkg.btf, "event", 4); /* 3 */
	btf__add_field(pkg.btf, EVIL, 1, 0, 0);
	for (int i = 0; i < MAPS; i++)
		name_map(i, "m");
	maps[0].value_type_id = 2;
	maps[1].value_type_id = 3;
	for (int i = 0; i < 2; i++) {
		/* As events, then as entries. */
		for (int k = 0; k < MAPS && i; k++) {
			maps[k].type = BPF_MAP_TYPE_HASH;
			maps[k].sample = true;
			maps[k].key_type_id = maps[k].value_type_id ?: 1;
			maps[k].value_type_id = 1;
		}
		pkg.n_maps = MAPS;
		eu_buf_clear(&out);
		if (eu_app_write(&pkg, &out, &err))
			fail_msg("%s", err.text);
		assert_non_null(strstr(eu_buf_str(&out),
				       "The user space of 'a/ int evil;' as"));
		assert_null(strstr(eu_buf_str(&out), "evil("));
	}
	for (size_t i = 0; i < EU_COUNT(bad); i++) {
		name_map(1, bad[i].name);
		assert_int_equal(eu_app_write(&pkg, &out, &err), -EINVAL);
		assert_string_equal(err.text, bad[i].want);
	}
	btf__free(pkg.btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
