/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/module.h"

static const void *const nothing = "untouched";

static void refuses(const char *name, int code, const char *words)
{
	const void *functions = nothing;
	struct eu_error err = { 0 };

	assert_int_equal(eu_module_load(name, &functions, &err), code);
	assert_ptr_equal(functions, nothing);
	if (!strstr(err.text, words))
		fail_msg("no '%s' in '%s'", words, err.text);
}

static void test_absent(void **state)
{
	(void)state;
	refuses("nosuch", -ENOENT, "the module 'nosuch' is not installed (no /");
	refuses("nosuch", -ENOENT, "eunomia/nosuch.so): build");
}

static void test_another_version(void **state)
{
	(void)state;
	refuses("old_module", -ELIBBAD,
		"old_module.so' is of version 0.0.1 and this is " EU_VERSION);
}

static void test_another_name(void **state)
{
	(void)state;
	refuses("misnamed_module", -ELIBBAD, "is the module 'other'");
}

static void test_no_library(void **state)
{
	char path[4096];
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/broken_module.so", MODULES);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("no library\n", f);
	fclose(f);
	refuses("broken_module", -ELIBBAD, "cannot open module 'broken_module':");
	remove(path);
}

/* A library, and no module. */
static void test_no_module(void **state)
{
	(void)state;
	refuses("plain_library", -ELIBBAD, "is of version unknown");
}

static int use_modules(void **state)
{
	(void)state;
	return setenv("EUNOMIA_MODULE_DIR", MODULES, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_another_version),
		cmocka_unit_test(test_another_name),
		cmocka_unit_test(test_no_library),
		cmocka_unit_test(test_no_module),
	};

	return cmocka_run_group_tests(tests, use_modules, NULL);
}
