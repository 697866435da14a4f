/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "btf/wanted.h"

/* Whether looking for @name finds what was asked for as @asked. */
static const struct {
	const char *asked, *name;
	bool found;
} names[] = {
	{ "task", "task", true },
	{ "task", "tasks", false },
	{ "tasks", "task", false },
	{ "task", "task___x", true },
	{ "task___x", "task", true },
	{ "task___x", "task___y", true },
	{ "task___x___y", "task___x", false },
	{ "task___x___y", "task___x___z", true },
	{ "task___x", "task___x___z", false },
	{ "task", "task__x", false },
	{ "task", "task____x", false },
	{ "task", "task___", false },
	{ "task___", "task___", true },
	{ "___x", "", false },
	{ "___x", "___x", true },
	{ "a", "a___b", true },
	{ "a___b", "a", true },
	{ "a", "ab", false },
	{ "ab", "a", false },
	{ "a_b", "a_b___c", true },
	{ "a_", "a", false },
	{ "a", "a_", false },
	{ "_", "_", true },
	{ "_a", "_b", false },
	{ "a", "", false },
	{ "ABCDEFGH", "ABCDEFGI", false },
};

static void essential_names(void **state)
{
	struct eu_wanted w;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(names); i++) {
		w = (struct eu_wanted){ 0 };
		assert_int_equal(eu_wanted_member(&w, names[i].asked), 0);
		if (!!eu_wanted_find(&w, names[i].name) != names[i].found)
			fail_msg("'%s' by '%s'", names[i].asked, names[i].name);
		eu_wanted_done(&w);
	}
}

static void kinds_and_depths_gather(void **state)
{
	struct eu_wanted w = { 0 };
	struct eu_wanted_name *n;

	(void)state;
	assert_null(eu_wanted_find(&w, "s"));
	eu_wanted_type(&w, "s", BTF_KIND_STRUCT, EU_DEPTH_FIELD);
	eu_wanted_type(&w, "s___x", BTF_KIND_STRUCT, EU_DEPTH_SHAPE);
	eu_wanted_type(&w, "s", BTF_KIND_ENUM, EU_DEPTH_VALUE);
	n = eu_wanted_find(&w, "s___y");
	assert_non_null(n);
	assert_int_equal(w.n, 1);
	assert_int_equal(n->depth[BTF_KIND_STRUCT],
			 EU_DEPTH_FIELD | EU_DEPTH_SHAPE);
	assert_int_equal(n->depth[BTF_KIND_UNION], 0);
	assert_int_equal(n->depth[BTF_KIND_ENUM], EU_DEPTH_VALUE);
	assert_int_equal(n->depth[BTF_KIND_ENUM64], EU_DEPTH_VALUE);
	assert_int_equal(w.kinds, 1 << BTF_KIND_STRUCT | 1 << BTF_KIND_ENUM |
					  1 << BTF_KIND_ENUM64);
	assert_false(n->member);
	eu_wanted_member(&w, "s");
	assert_true(eu_wanted_find(&w, "s")->member);
	eu_wanted_done(&w);
}

static void many_names_up_to_a_limit(void **state)
{
	static char text[20000][8];
	struct eu_wanted w = { 0 };
	int n, r = 0;

	(void)state;
	for (n = 0; n < 20000 && !r; n++) {
		snprintf(text[n], sizeof(text[n]), "n%x", n);
		r = eu_wanted_member(&w, text[n]);
	}
	assert_int_equal(r, -E2BIG);
	assert_int_equal(w.n, 1 << 14);
	for (size_t i = 0; i < w.n; i++)
		assert_ptr_equal(eu_wanted_find(&w, text[i])->text, text[i]);
	assert_null(eu_wanted_find(&w, text[w.n]));
	eu_wanted_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(essential_names),
		cmocka_unit_test(kinds_and_depths_gather),
		cmocka_unit_test(many_names_up_to_a_limit),
	};

	return cmocka_run_group_tests_name("wanted", tests, NULL, NULL);
}
