/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

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

/* What a copy of this, beside a folder of modules, says to old_module. */
static void ask_copy(const char *mode, char text[512])
{
	char cmd[8192];
	size_t n;
	FILE *p;

	snprintf(cmd, sizeof(cmd),
		 "d=$(mktemp -d) && chmod 755 $d && mkdir $d/modules && "
		 "cp %s/old_module.so $d/modules && cp /proc/%d/exe $d/copy && "
		 "chown 65534 $d/copy && chmod %s $d/copy && "
		 "env -u EUNOMIA_MODULE_DIR $d/copy old_module; rm -r $d",
		 MODULES, (int)getpid(), mode);
	p = popen(cmd, "r");
	assert_non_null(p);
	n = fread(text, 1, 511, p);
	text[n] = '\0';
	pclose(p);
}

/* The folder of a set-user-id program may be its caller's. */
__attribute__((unused)) static void test_more_rights_than_the_caller(void **state)
{
	char text[512];

	(void)state;
	if (geteuid())
		skip();
	ask_copy("755", text);
	if (!strstr(text, "is of version 0.0.1"))
		fail_msg("%s", text);
	ask_copy("4755", text);
	/* It starts, and what it is started from is no nosuid mount. */
	if (!strstr(text, "secure: "))
		skip();
	if (!strstr(text, "is not installed"))
		fail_msg("%s", text);
}

static int say(const char *name)
{
	const void *functions;
	struct eu_error err = { 0 };

	eu_module_load(name, &functions, &err);
	printf("%s%s\n", getauxval(AT_SECURE) ? "secure: " : "", err.text);
	return 0;
}

static int use_modules(void **state)
{
	(void)state;
	return setenv("EUNOMIA_MODULE_DIR", MODULES, 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_another_version),
		cmocka_unit_test(test_another_name),
		cmocka_unit_test(test_no_library),
		cmocka_unit_test(test_no_module),
#ifndef __SANITIZE_ADDRESS__
		/* The sanitizer does not start with more rights. */
		cmocka_unit_test(test_more_rights_than_the_caller),
#endif
	};

	if (argc > 1)
		return say(argv[1]);

	return cmocka_run_group_tests(tests, use_modules, NULL);
}
