/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <cmocka.h>

#include "rt/log.h"
#include "rt/program.h"

/* What can be seen of a run without rights and without a kernel. */

static void explain(const char *kept, struct eu_error *err)
{
	struct eu_log log;

	eu_log_init(&log, NULL, NULL);
	eu_buf_puts(&log.kept, kept);
	eu_error_set(err, -EACCES, "refused");
	assert_int_equal(eu_log_explain(&log, -EACCES, err), -EACCES);
	eu_log_done(&log);
}

static void the_verifiers_last_words(void **state)
{
	struct eu_error err;

	(void)state;
	explain("libbpf: prog 'p': BPF program load failed: Permission denied\n"
		"libbpf: prog 'p': -- BEGIN PROG LOAD LOG --\n"
		"; int f(void *ctx) @ x.c:1\n"
		"0: (79) r6 = *(u64 *)(r1 +112)\n"
		"; return *x; @ x.c:7\n"
		"1: (61) r0 = *(u32 *)(r1 +0)\n"
		"R1 invalid mem access 'scalar'\n"
		"processed 2 insns (limit 1000000) max_states_per_insn 0\n"
		"-- END PROG LOAD LOG --\n"
		"libbpf: prog 'p': failed to load: -13\n",
		&err);
	assert_string_equal(
		err.text,
		"refused: the verifier says: R1 invalid mem access 'scalar'\n"
		"  source line: return *x; @ x.c:7\n"
		"  what to do: read the kernel's memory by bpf_probe_read_kernel() or BPF_CORE_READ(), a process's by bpf_probe_read_user()\n"
		"  end of the verifier's log:\n"
		"    ; int f(void *ctx) @ x.c:1\n"
		"    0: (79) r6 = *(u64 *)(r1 +112)\n"
		"    ; return *x; @ x.c:7\n"
		"    1: (61) r0 = *(u32 *)(r1 +0)\n"
		"    R1 invalid mem access 'scalar'");
}

static void odd_logs_of_the_verifier(void **state)
{
	static const struct {
		const char *kept, *text;
	} cases[] = {
		/* Nothing was said. */
		{ "", "refused" },
		/* One line. */
		{ "-- BEGIN PROG LOAD LOG --\nbad\n-- END PROG LOAD LOG --\n",
		  "refused: the verifier says: bad" },
		/* An empty one. */
		{ "-- BEGIN PROG LOAD LOG --\n-- END PROG LOAD LOG --\n",
		  "refused" },
		/* Its beginning was dropped. */
		{ "1: (61) r0\nbad\n-- END PROG LOAD LOG --\n",
		  "refused: the verifier says: bad\n"
		  "  end of the verifier's log:\n    1: (61) r0\n    bad" },
		/* Its end is missing: not the verifier's. */
		{ "-- BEGIN PROG LOAD LOG --\nbad\n",
		  "refused: -- BEGIN PROG LOAD LOG --; bad" },
		/* No log, and no end of line. */
		{ "libbpf: elf: something is odd",
		  "refused: elf: something is odd" },
		{ "libbpf: first\nlibbpf: second\n", "refused: first; second" },
		/* Of many the first and the last. */
		{ "libbpf: 1\n2\n\n3\nlibbpf: 4\nlibbpf: 5\n",
		  "refused: 1; 4; 5" },
		/* What failed after it, and what was tried again, says less. */
		{ "libbpf: Error in bpf_create_map_xattr(m):EINVAL(-22). Retrying without BTF.\n"
		  "libbpf: map 'm': failed to create: Invalid argument(-22)\n"
		  "libbpf: failed to load object 'x'\n",
		  "refused: map 'm': failed to create: Invalid argument(-22)" },
		{ "libbpf: prog 'p': failed to find kernel BTF type ID of 'f': -3\n"
		  "libbpf: prog 'p': failed to prepare load attributes: -3\n"
		  "libbpf: prog 'p': failed to load: -3\n"
		  "libbpf: failed to load object 'x'\n",
		  "refused: prog 'p': failed to find kernel BTF type ID of 'f': -3" },
		{ "libbpf: prog 'p': failed to load: -3\n"
		  "libbpf: failed to load object 'x'\n",
		  "refused: prog 'p': failed to load: -3" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_error err;

		print_message("%s\n", cases[i].kept);
		explain(cases[i].kept, &err);
		assert_string_equal(err.text, cases[i].text);
	}
}

static void which_program_was_refused(void **state)
{
	static const struct {
		const char *kept, *name;
	} cases[] = {
		{ "libbpf: prog 'good': x\nlibbpf: prog 'bad': -- BEGIN\n"
		  "libbpf: prog 'bad': failed to load: -13\n",
		  "bad" },
		{ "libbpf: failed to load object 'x'\n", NULL },
		{ "': failed to load: -1\n", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		const char *name;
		struct eu_log log;
		size_t n = 0;

		eu_log_init(&log, NULL, NULL);
		eu_buf_puts(&log.kept, cases[i].kept);
		name = eu_log_refused(&log, &n);
		assert_int_equal(!name, !cases[i].name);
		if (name) {
			assert_int_equal(n, strlen(cases[i].name));
			assert_memory_equal(name, cases[i].name, n);
		}
		eu_log_done(&log);
	}
}

static struct eu_program *open_object(const char *name)
{
	struct eu_program_opts o = { .sz = sizeof(o), .format = "text" };
	struct eu_error err = { 0 };
	struct eu_program *p;
	char path[512];

	snprintf(path, sizeof(path), TEST_OBJ "/%s.bpf.o", name);
	o.path = path;
	if (eu_program_open(&o, &p, &err))
		fail_msg("%s", err.text);
	return p;
}

static void options_are_looked_at(void **state)
{
	struct eu_program *p = (void *)state;
	struct eu_program_opts o = { 0 };
	struct eu_error err = { 0 };

	(void)state;
	assert_int_equal(eu_program_open(NULL, &p, &err), -EINVAL);
	assert_int_equal(eu_program_open(&o, &p, &err), -EINVAL);
	o.sz = sizeof(o.sz);
	assert_int_equal(eu_program_open(&o, &p, &err), -EINVAL);
	o.sz = sizeof(o);
	assert_int_equal(eu_program_open(&o, &p, &err), -EINVAL);
	assert_string_equal(err.text, "neither path nor data given");
	o.path = "/no/such/file";
	assert_int_equal(eu_program_open(&o, &p, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/no/such/file"));
	o.path = NULL;
	o.data = "text";
	o.len = 4;
	o.origin = "there";
	assert_int_equal(eu_program_open(&o, &p, &err), -EINVAL);
	assert_non_null(strstr(err.text, "'there'"));
	o.data = NULL;
	o.path = TEST_OBJ "/params.bpf.o";
	o.format = "xml";
	assert_int_equal(eu_program_open(&o, &p, &err), -EINVAL);
	assert_non_null(strstr(err.text, "'xml'; there are: text, compact"));
	/* Of an older caller, whose struct ended with the path. */
	o.format = NULL;
	o.sz = offsetof(struct eu_program_opts, path) + sizeof(o.path);
	assert_ptr_equal(p, state);
	assert_int_equal(eu_program_open(&o, &p, &err), 0);
	eu_program_close(p);
}

static void calls_out_of_turn_are_refused(void **state)
{
	struct eu_program *p = open_object("params");
	struct eu_error err = { 0 };

	(void)state;
	assert_int_equal(eu_program_fd(p), -1);
	assert_true(eu_program_attach(p, &err) < 0);
	assert_string_equal(err.text, "the program is not loaded");
	assert_true(eu_program_dispatch(p, &err) < 0);
	assert_string_equal(err.text, "the program is not attached");
	assert_int_equal(eu_program_prog_fd(p, "nothing"), -EBUSY);
	assert_int_equal(eu_program_map_fd(p, "nothing"), -EBUSY);
	eu_program_close(p);
	eu_program_close(NULL);
}

static void links_have_a_limit(void **state)
{
	struct eu_program p = { .n_links = 65536 };
	struct eu_error err = { 0 };
	struct eu_link *l = NULL;

	(void)state;
	assert_int_equal(eu_program_add_link(&p, &l, &err), -E2BIG);
	assert_null(l);
	assert_string_equal(err.text,
			    "more than 65536 programs and targets to attach");
}

/* The later ones move down, in their order. */
static void some_links_are_taken_off(void **state)
{
	enum { LINKS = 7 };
	static const struct {
		size_t from, n;
		const char *left;
	} cases[] = {
		{ 0, 1, "123456" }, { 6, 1, "012345" }, { 2, 3, "0156" },
		{ 1, 5, "06" },	    { 0, 7, "" },	{ 3, 0, "0123456" },
	};
	struct eu_link links[LINKS];
	int fds[LINKS];

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_program p = { .links = links, .n_links = LINKS };
		char left[LINKS + 1] = "";

		for (int k = 0; k < LINKS; k++) {
			fds[k] = eventfd(0, EFD_CLOEXEC);
			links[k] = (struct eu_link){ .fd = fds[k],
						     .left = EU_LEFTOVER_INIT };
		}
		eu_program_detach_some(&p, cases[i].from, cases[i].n);
		assert_int_equal(p.n_links, strlen(cases[i].left));
		for (size_t k = 0; k < p.n_links; k++)
			for (int m = 0; m < LINKS; m++)
				if (links[k].fd == fds[m])
					left[k] = (char)('0' + m);
		assert_string_equal(left, cases[i].left);
		for (int k = 0; k < LINKS; k++)
			assert_int_equal(fcntl(fds[k], F_GETFD) < 0,
					 !strchr(left, '0' + k));
		eu_program_detach(&p, 0);
	}
}

static void variables_targets_and_types(void **state)
{
	struct eu_program *p = open_object("uprobe");
	struct eu_error err = { 0 };

	(void)state;
	assert_int_equal(eu_program_set(p, "nothing", "1", &err), -ENOENT);
	assert_string_equal(
		err.text,
		"no variable 'nothing' in 'uprobe_bpf'; there are 'cookies', 'unused_event'");
	assert_int_equal(eu_program_target(p, "nobody=/bin/sh:x", &err), -ENOENT);
	assert_non_null(strstr(err.text, "no program 'nobody'"));
	assert_int_equal(eu_program_target(p, "eth0", &err), -EINVAL);
	assert_non_null(strstr(err.text, "a binary and a symbol"));
	assert_int_equal(p->n_goals, 0);
	assert_int_equal(eu_program_target(p, "entry=/bin/sh:x", &err), 0);
	assert_int_equal(p->n_goals, 1);
	assert_int_equal(eu_program_target(p, "/bin/sh:y", &err), 0);
	assert_int_equal(p->n_goals, 3);
	assert_int_equal(eu_program_type(p, "nothing", "event", &err), -ENOENT);
	assert_int_equal(eu_program_type(p, "rb", "nothing", &err), -ENOENT);
	assert_int_equal(eu_program_type(p, "rb", "event", &err), 0);
	eu_program_close(p);
	p = open_object("params");
	assert_int_equal(eu_program_set(p, "p_u8", "256", &err), -ERANGE);
	assert_int_equal(eu_program_set(p, "p_u8", "255", &err), 0);
	assert_int_equal(eu_program_set(p, "b_u64", "1", NULL), 0);
	assert_int_equal(eu_program_set(p, "d_int", "x", NULL), -EINVAL);
	eu_program_close(p);
}

static void what_needs_a_target_is_not_loaded(void **state)
{
	struct eu_program *p = open_object("xdp");
	struct eu_error err = { 0 };

	(void)state;
	assert_int_equal(eu_program_load(p, &err), -EINVAL);
	assert_non_null(strstr(err.text, "program 'on_xdp' (xdp) needs a target"));
	eu_program_close(p);
	p = open_object("tcx");
	assert_int_equal(eu_program_target(p, "eth0:ingress", &err), -EINVAL);
	assert_non_null(strstr(err.text, "gives the direction"));
	eu_program_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verifiers_last_words),
		cmocka_unit_test(odd_logs_of_the_verifier),
		cmocka_unit_test(which_program_was_refused),
		cmocka_unit_test(options_are_looked_at),
		cmocka_unit_test(calls_out_of_turn_are_refused),
		cmocka_unit_test(links_have_a_limit),
		cmocka_unit_test(some_links_are_taken_off),
		cmocka_unit_test(variables_targets_and_types),
		cmocka_unit_test(what_needs_a_target_is_not_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
