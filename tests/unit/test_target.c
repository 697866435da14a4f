/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "pkg/target.h"

enum { MAX_KEYS = 3 };

static void targets_are_taken_apart(void **state)
{
	static const struct {
		const char *text, *program, *what;
		const char *keys[MAX_KEYS + 1][2];
	} cases[] = {
		{ "eth0", NULL, "eth0" },
		{ "on_xdp=eth0", "on_xdp", "eth0" },
		{ "eth0,mode=skb", NULL, "eth0", { { "mode", "skb" } } },
		{ "p=eth0:egress,priority=1,handle=2",
		  "p",
		  "eth0:egress",
		  { { "priority", "1" }, { "handle", "2" } } },
		/* What stands before the first '=' is no identifier. */
		{ "/a=b/c:d", NULL, "/a=b/c:d" },
		{ "9lives=x", NULL, "9lives=x" },
		{ "a-b=c", NULL, "a-b=c" },
		{ "=x", NULL, "=x" },
		/* Only the first one counts. */
		{ "p=a=b", "p", "a=b" },
		{ "p=/bin/a=b:f", "p", "/bin/a=b:f" },
		/* A comma before it: a key, not a program. */
		{ "eth0,p=x", NULL, "eth0", { { "p", "x" } } },
		{ "a\\,b", NULL, "a,b" },
		{ "a\\,b=c", NULL, "a,b=c" },
		{ "p=a\\,b:c\\,d,k=v\\,w", "p", "a,b:c,d", { { "k", "v,w" } } },
		{ "a\\b", NULL, "a\\b" },
		{ "a\\", NULL, "a\\" },
		{ "x,k=", NULL, "x", { { "k", "" } } },
		{ "x,k=a=b", NULL, "x", { { "k", "a=b" } } },
		{ "_p1=x", "_p1", "x" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_error err = { 0 };
		struct eu_target *t;
		size_t n = 0;

		print_message("'%s'\n", cases[i].text);
		if (eu_target_parse(cases[i].text, &t, &err))
			fail_msg("%s", err.text);
		assert_string_equal(t->text, cases[i].text);
		assert_string_equal(t->program ?: "-", cases[i].program ?: "-");
		assert_string_equal(t->what, cases[i].what);
		for (; cases[i].keys[n][0]; n++)
			assert_string_equal(
				eu_target_key(t, cases[i].keys[n][0]) ?: "-",
				cases[i].keys[n][1]);
		assert_int_equal(t->n_keys, n);
		assert_null(eu_target_key(t, "nothing"));
		eu_target_free(t);
	}
}

static void broken_targets_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "target '' is empty" },
		{ "p=", "target 'p=' is empty" },
		{ ",k=v", "is empty" },
		{ "p=,k=v", "is empty" },
		{ "x,", "'' is not KEY=VALUE" },
		{ "x,k", "'k' is not KEY=VALUE" },
		{ "x,=v", "'=v' is not KEY=VALUE" },
		{ "x,k=1,,l=2", "'' is not KEY=VALUE" },
		{ "x,k=1,k=2", "'k' twice" },
		{ "x,a=,b=,c=,d=,e=,f=,g=,h=,i=,j=,k=,l=,m=,n=,o=,p=,q=",
		  "too many keys" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_target *t = (void *)&cases;
		struct eu_error err = { 0 };

		print_message("'%s'\n", cases[i].text);
		assert_int_equal(eu_target_parse(cases[i].text, &t, &err),
				 -EINVAL);
		assert_int_equal(err.code, -EINVAL);
		assert_non_null(strstr(err.text, cases[i].words));
		/* Outputs are left alone, and errors are not wanted always. */
		assert_ptr_equal(t, &cases);
		assert_int_equal(eu_target_parse(cases[i].text, &t, NULL),
				 -EINVAL);
	}
}

/* NULL: it fits. */
static void shapes_are_told_apart(void **state)
{
	static const struct {
		const char *section, *target, *words;
	} cases[] = {
		{ "xdp", "eth0", NULL },
		{ "xdp", "12", NULL },
		{ "xdp", "eth0,mode=skb", NULL },
		{ "xdp", "eth0:ingress", "an xdp program takes an interface" },
		{ "xdp", "/sys", "an interface (eth0)" },
		{ "xdp", "eth0,priority=1",
		  "unknown key 'priority'; there are: mode" },
		{ "xdp", "eth0,mode=fast",
		  "target 'eth0,mode=fast': mode is native, skb or hw" },
		{ "xdp", "eth0,netns=/proc/1/ns/net", NULL },
		{ "tcx/ingress", "eth0", NULL },
		{ "tcx/ingress", "eth0:ingress",
		  "the section 'tcx/' gives the direction; leave it out" },
		{ "tc", "eth0,priority=0",
		  "priority=0 is not a number from 1 to 65535" },
		{ "tc", "eth0,before=all", NULL },
		{ "tc", "eth0,before=7", NULL },
		{ "tc", "eth0,before=x",
		  "before=x is not a number from 1 to 4294967295, nor 'all'" },
		{ "tc", "eth0,after=1,before=all", "before or after, not both" },
		{ "uprobe", "/bin/sh:x,container=0",
		  "container=0 is not a number from 1 to 2147483647" },
		{ "kprobe", "vfs_*,max=0",
		  "max=0 is not a number from 1 to 1000000" },
		{ "cgroup/connect4", "1,flags=multi", NULL },
		{ "cgroup/connect4", "1,flags=", "flags is multi or override" },
		{ "perf_event", "cycles,freq=9,period=9",
		  "freq or period, not both" },
		{ "perf_event", "cycles,period=9223372036854775807,cpu=0", NULL },
		{ "perf_event", "cycles,freq=0", "not a number from 1 to 100000" },
		{ "sk_lookup", "/proc/1/ns/net,x=1",
		  "unknown key 'x'; there are none" },
		{ "tc", "eth0", NULL },
		{ "tc", "eth0:egress,priority=3,handle=1", NULL },
		{ "tc", "eth0:sideways", "an interface and a direction" },
		{ "cgroup/connect4", "/sys/fs/cgroup/x", NULL },
		{ "cgroup/connect4", "123", NULL },
		{ "cgroup/connect4", "x", "a cgroup program takes a cgroup" },
		{ "uprobe", "/bin/sh:main", NULL },
		{ "uprobe", "/bin/sh:main+0x4,pid=1,cookie=2", NULL },
		{ "uprobe", "libc:malloc", NULL },
		{ "uprobe", "/bin/sh", "a binary and a symbol" },
		{ "uprobe", "/bin/sh:", "a binary and a symbol" },
		{ "uprobe", ":main", "a binary and a symbol" },
		{ "usdt", "libc:libc:setjmp", NULL },
		{ "usdt", "libc:setjmp", "a binary, a provider and a probe" },
		{ "kprobe", "do_unlinkat+0x4,cookie=1", NULL },
		{ "kprobe", "/bin/sh:main", "a kernel function (do_unlinkat)" },
		{ "tp", "sched/sched_switch,cookie=1", NULL },
		{ "tp", "sched:sched_switch", NULL },
		{ "tp", "sched_switch", "GROUP/NAME (sched/sched_switch)" },
		{ "tp", "/sched_switch", "GROUP/NAME" },
		{ "raw_tp", "sys_enter", NULL },
		{ "raw_tp", "sys_enter,cookie=1", "unknown key 'cookie'" },
		{ "perf_event", "cpu-clock,freq=9,cpu=0,pid=1", NULL },
		{ "perf_event", "1:0x3", NULL },
		{ "perf_event", "/x", "an event (cpu-clock,freq=49)" },
		{ "socket", "any", NULL },
		{ "socket", "lo", NULL },
		{ "socket", "/x", "an interface, or any" },
		{ "sk_lookup", "/proc/1/ns/net", NULL },
		{ "sk_lookup", "1", "a network namespace" },
		{ "sk_msg", "map:sockets", NULL },
		{ "sk_msg", "map:", "a map of the package" },
		{ "sk_msg", "sockets", "a map of the package" },
		{ "iter/task", "x", "an iter program takes what to walk over" },
		{ "syscall", "x", "takes no target" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		const struct eu_section *s = eu_section_find(cases[i].section);
		struct eu_error err = { 0 };
		struct eu_target *t;
		int r;

		print_message("%s %s\n", cases[i].section, cases[i].target);
		assert_non_null(s);
		assert_int_equal(eu_target_parse(cases[i].target, &t, &err), 0);
		r = eu_target_check(t, s, &err);
		assert_int_equal(r, cases[i].words ? -EINVAL : 0);
		assert_int_equal(eu_target_check(t, s, NULL), r);
		if (cases[i].words) {
			assert_non_null(strstr(err.text, cases[i].words));
			assert_non_null(strstr(err.text, cases[i].target));
		}
		eu_target_free(t);
	}
}

static void keys_that_are_numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max, value;
		int result;
	} cases[] = {
		{ "x", 1, 9, 77, 0 }, /* not there: the default */
		{ "x,n=1", 1, 9, 1, 0 },
		{ "x,n=9", 1, 9, 9, 0 },
		{ "x,n=0x9", 1, 9, 9, 0 },
		{ "x,n=010", 1, 99, 10, 0 }, /* decimal */
		{ "x,n=-5", -9, 9, -5, 0 },
		{ "x,n=0", 1, 9, 0, -EINVAL },
		{ "x,n=10", 1, 9, 0, -EINVAL },
		{ "x,n=", 1, 9, 0, -EINVAL },
		{ "x,n=1x", 1, 9, 0, -EINVAL },
		{ "x,n= 1", 1, 9, 0, -EINVAL },
		{ "x,n=9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, 0 },
		{ "x,n=-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, 0 },
		{ "x,n=9223372036854775808", INT64_MIN, INT64_MAX, 0, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		int64_t value = 0;
		struct eu_error err = { 0 };
		struct eu_target *t;

		print_message("'%s'\n", cases[i].text);
		assert_int_equal(eu_target_parse(cases[i].text, &t, NULL), 0);
		assert_int_equal(eu_target_number(t, "n", cases[i].min,
						  cases[i].max, 77, &value, &err),
				 cases[i].result);
		assert_int_equal(value, cases[i].value);
		if (cases[i].result)
			assert_non_null(strstr(err.text, "is not a number from"));
		eu_target_free(t);
	}
}

static void no_target_has_the_defaults(void **state)
{
	int64_t value = 0;

	(void)state;
	assert_int_equal(eu_target_number(NULL, "n", 1, 2, 5, &value, NULL), 0);
	assert_int_equal(value, 5);
	eu_target_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_taken_apart),
		cmocka_unit_test(broken_targets_are_refused),
		cmocka_unit_test(shapes_are_told_apart),
		cmocka_unit_test(keys_that_are_numbers),
		cmocka_unit_test(no_target_has_the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
