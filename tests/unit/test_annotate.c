/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cc/annotate.h"
#include "packages.h"
#include "strcmp_count.h"

/* A comment for each variable of tests/obj/many.bpf.c. */
static void many_comments_find_their_variables(void **state)
{
	eu_auto_package struct eu_package *pkg = from_object("many.bpf.o");
	struct eu_decls decls = { .vars.n = 4096 };
	struct eu_error err = { 0 };
	struct eu_decl *d;
	char text[32];

	(void)state;
	decls.vars.list = calloc(decls.vars.n, sizeof(*decls.vars.list));
	for (unsigned int i = 0; i < decls.vars.n; i++) {
		d = &decls.vars.list[i];
		snprintf(text, sizeof(text), "number_%04o", i);
		d->name = strdup(text);
		snprintf(text, sizeof(text), "/// it is %u", i);
		d->comment = strdup(text);
	}
	compared = 0;
	if (eu_annotate(pkg, &decls, "x.c", &err))
		fail_msg("%s", err.text);
	print_message("%zu comparisons\n", compared);
	assert_true(compared < 200 * decls.vars.n);
	assert_string_equal(eu_package_var(pkg, "number_0010")->description,
			    "it is 8");
	assert_string_equal(eu_package_var(pkg, "number_7777")->description,
			    "it is 4095");
	eu_decls_done(&decls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_comments_find_their_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
