/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "packages.h"
#include "strcmp_count.h"

static void many_variables_are_found_at_once(void **state)
{
	eu_auto_package struct eu_package *pkg = from_object("many.bpf.o");
	eu_auto_package struct eu_package *again = NULL;
	eu_auto_json json_t *j = eu_package_json(pkg, NULL);
	struct eu_error err = { 0 };
	size_t len;
	eu_auto_free char *text = eu_json_write(j, &len);
	char name[16];

	(void)state;
	assert_true(pkg->n_vars >= 4096);
	compared = 0;
	if (eu_package_parse(text, len, "p", NULL, &again, &err))
		fail_msg("%s", err.text);
	print_message("%zu comparisons to read %zu variables\n", compared,
		      again->n_vars);
	assert_true(compared < 200 * again->n_vars);
	for (unsigned int i = 0; i < 4096; i++) {
		snprintf(name, sizeof(name), "number_%04o", i);
		assert_string_equal(eu_package_var(again, name)->name, name);
		assert_non_null(eu_package_var(again, name)->meta);
	}
	assert_null(eu_package_var(again, "number_"));
	assert_null(eu_package_var(again, "number_8888"));
	assert_null(eu_package_map(again, "number_0000"));
	assert_non_null(eu_package_prog(again, "on_exec"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_variables_are_found_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
