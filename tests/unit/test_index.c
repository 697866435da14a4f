/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "packages.h"
#include "pkg/feature.h"
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

static bool all_but_the_first(const void *ctx, const struct eu_prog *prog)
{
	(void)ctx;
	return strcmp(prog->name, "prog_000") != 0;
}

/* Each program stands in a section of its own. */
static void features_of_many_programs_are_found_at_once(void **state)
{
	eu_auto_package struct eu_package *pkg = from_object("crowd.bpf.o");
	struct eu_error err = { 0 };
	struct eu_feature *f;
	bool has_ktime = false, has_pid = false;
	size_t n;

	(void)state;
	assert_true(pkg->n_progs > 2048);
	compared = 0;
	if (eu_features_of(pkg, all_but_the_first, NULL, &f, &n, &err))
		fail_msg("%s", err.text);
	print_message("%zu comparisons for %zu programs\n", compared,
		      pkg->n_progs);
	assert_true(compared < 400 * pkg->n_progs);
	for (size_t i = 0; i < n; i++) {
		has_ktime = has_ktime || !strcmp(f[i].name, "ktime_get_ns");
		has_pid = has_pid || !strcmp(f[i].name, "get_current_pid_tgid");
	}
	/* Called by all, and by the one that does not count. */
	assert_true(has_ktime);
	assert_false(has_pid);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_of_many_programs_are_found_at_once),
		cmocka_unit_test(many_variables_are_found_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
