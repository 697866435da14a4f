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
	{ "trace_event_raw_exec", "trace_event_raw_exec", true },
	{ "trace_event_raw_exec", "trace_event_raw_exec___x", true },
	{ "trace_event_raw_exec___x", "trace_event_raw_exec", true },
	{ "trace_event_raw_exec___x", "trace_event_raw_exec___y", true },
	{ "trace_event_raw_exec", "trace_event_raw_exit", false },
	{ "trace_event_raw_exec", "trace_event_raw_exe", false },
	{ "trace_event_raw_exec", "trace_event_raw_execve", false },
	{ "trace_event_raw_exe", "trace_event_raw_exe", true },
	{ "trace_event_raw_exe___x", "trace_event_raw_exe", true },
	{ "trace_event_raw_exe___x", "trace_event_raw_exe___y", true },
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

static bool may_be_type(const struct eu_wanted *w, const char *name)
{
	size_t room = strlen(name) + 1;
	/* Nothing may be read behind it. */
	eu_auto_free char *p = malloc(room);

	assert_non_null(p);
	memcpy(p, name, room);
	return eu_wanted_may_be_type(w, p, room);
}

static void the_filter_lets_through_what_is_found(void **state)
{
	struct eu_wanted w;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(names); i++) {
		w = (struct eu_wanted){ 0 };
		assert_false(may_be_type(&w, names[i].name));
		assert_int_equal(eu_wanted_type(&w, names[i].asked,
						BTF_KIND_STRUCT, 1),
				 0);
		/* A long name beside it changes nothing. */
		assert_int_equal(eu_wanted_type(&w, "trace_event_raw_ab_cde",
						BTF_KIND_STRUCT, 1),
				 0);
		if (names[i].found && !may_be_type(&w, names[i].name))
			fail_msg("'%s' by '%s'", names[i].asked, names[i].name);
		eu_wanted_done(&w);
	}
}

static void the_filter_stops_most(void **state)
{
	struct eu_wanted w = { 0 };

	(void)state;
	assert_int_equal(eu_wanted_type(&w, "trace_event_raw_exec",
					BTF_KIND_STRUCT, 1),
			 0);
	assert_false(may_be_type(&w, ""));
	assert_false(may_be_type(&w, "task_struct"));
	assert_false(may_be_type(&w, "trace"));
	assert_false(may_be_type(&w, "trace_event_raw_exe"));
	assert_false(may_be_type(&w, "trace_event_raw_exit"));
	assert_false(may_be_type(&w, "trace_event_raw_fork_of_some_kind"));
	eu_wanted_done(&w);
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
		cmocka_unit_test(the_filter_lets_through_what_is_found),
		cmocka_unit_test(the_filter_stops_most),
		cmocka_unit_test(kinds_and_depths_gather),
		cmocka_unit_test(many_names_up_to_a_limit),
	};

	return cmocka_run_group_tests_name("wanted", tests, NULL, NULL);
}
