/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "sym/process.h"
#include "sym/sym.h"

/* Where it is called from. */
__attribute__((noinline)) static uint64_t caller(void)
{
	return (uint64_t)(uintptr_t)__builtin_return_address(0);
}

__attribute__((noinline)) static uint64_t known_function(void)
{
	uint64_t at = caller();

	/* Not its last call, which could be a jump. */
	__asm__ volatile("" : "+r"(at)::"memory");
	return at;
}

static struct eu_sym *sym;

static int open_sym(void **state)
{
	struct eu_error err = { 0 };

	(void)state;
	setenv("EUNOMIA_MODULE_DIR", MODULES, 1);
	sym = eu_sym_new();
	if (!sym || eu_sym_open(sym, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	return 0;
}

static int close_sym(void **state)
{
	(void)state;
	eu_sym_free(sym);
	return 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

static void test_own_functions(void **state)
{
	uint64_t at[] = { (uint64_t)(uintptr_t)known_function, known_function() };
	const struct eu_frame *f;
	size_t n = 0;

	(void)state;
	/* Twice: from the file, and from the cache. */
	for (int i = 0; i < 2; i++) {
		f = eu_sym_stack(sym, getpid(), at, 2, i, &n);
		assert_int_equal(n, 2);
		assert_string_equal(f[0].name, "known_function");
		assert_int_equal(f[0].offset, 0);
		assert_int_equal(f[0].addr, at[0]);
		assert_string_equal(f[1].name, "known_function");
		assert_int_equal(f[1].offset, at[1] - at[0]);
		assert_int_equal(f[1].addr, at[1]);
		assert_true(ends_with(f[1].file, "tests/unit/test_sym.c"));
		assert_in_range(f[1].line, 24, 30);
	}
}

static void test_no_such_address(void **state)
{
	const uint64_t at[] = { 0, 1, UINT64_MAX };
	const struct eu_frame *f;
	size_t n = 0;

	(void)state;
	f = eu_sym_stack(sym, getpid(), at, 3, 0, &n);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		assert_null(f[i].name);
		assert_int_equal(f[i].addr, at[i]);
	}
}

static void test_unknown_process(void **state)
{
	const uint64_t at[] = { (uint64_t)(uintptr_t)known_function };
	const struct eu_frame *f;
	size_t n = 0;

	(void)state;
	f = eu_sym_stack(sym, -1, at, 1, 0, &n);
	assert_int_equal(n, 1);
	assert_null(f->name);
	assert_int_equal(f->addr, at[0]);
	f = eu_sym_stack(sym, 0x7ffffffe, at, 1, 0, &n);
	assert_int_equal(n, 1);
	assert_null(f->name);
}

static void test_without_module(void **state)
{
	const uint64_t at[] = { (uint64_t)(uintptr_t)known_function };
	struct eu_sym *none = eu_sym_new();
	const struct eu_frame *f;
	size_t n = 0;

	(void)state;
	assert_non_null(none);
	f = eu_sym_stack(none, getpid(), at, 1, 0, &n);
	assert_int_equal(n, 1);
	assert_null(f->name);
	assert_int_equal(f->addr, at[0]);
	eu_sym_free(none);
}

/* More addresses than the cache begins with, and than a stack may have. */
static void test_many(void **state)
{
	const uint64_t from = (uint64_t)(uintptr_t)known_function;
	uint64_t at[2000];
	const struct eu_frame *f;
	size_t n = 0;

	(void)state;
	for (uint64_t round = 0; round < 8; round++) {
		for (size_t i = 0; i < EU_COUNT(at); i++)
			at[i] = (round << 32) + i;
		at[0] = from;
		f = eu_sym_stack(sym, getpid(), at, EU_COUNT(at), 0, &n);
		assert_int_equal(n, 1024);
		assert_string_equal(f[0].name, "known_function");
		assert_int_equal(f[1023].addr, at[1023]);
	}
}

/* What a child that has stopped was seen to be is known when it is gone. */
static void test_gone(void **state)
{
	const uint64_t at[] = { (uint64_t)(uintptr_t)known_function };
	const uint64_t next = at[0] + 1, later = 5000000000;
	const struct eu_frame *f;
	size_t n = 0;
	pid_t pid = fork();

	(void)state;
	if (!pid)
		for (;;)
			pause();
	f = eu_sym_stack(sym, pid, at, 1, 1, &n);
	assert_string_equal(f->name, "known_function");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	f = eu_sym_stack(sym, pid, at, 1, later, &n);
	assert_string_equal(f->name, "known_function");
	/* But nothing new can be told. */
	f = eu_sym_stack(sym, pid, &next, 1, later, &n);
	assert_null(f->name);
	assert_int_equal(f->addr, next);
}

/* A process that runs another program has other names. */
static void test_exec(void **state)
{
	struct eu_processes p = { 0 };
	const uint64_t second = 1000000000;
	uint32_t before;
	int ready[2], go[2];
	char c;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(go, O_CLOEXEC), 0);
	pid = fork();
	if (!pid) {
		if (write(ready[1], "x", 1) != 1 || read(go[0], &c, 1) != 1)
			_exit(1);
		/* The end of "ready" is its closing by exec. */
		execlp("sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	before = eu_processes_space(&p, pid, 0);
	assert_int_not_equal(before, 0);
	assert_int_equal(eu_processes_space(&p, pid, 5 * second), before);
	assert_int_equal(write(go[1], "x", 1), 1);
	assert_int_equal(read(ready[0], &c, 1), 0);
	/* Looked at a second after the last time. */
	assert_int_equal(eu_processes_space(&p, pid, 6 * second - 1), before);
	assert_int_not_equal(eu_processes_space(&p, pid, 6 * second), before);
	before = eu_processes_space(&p, pid, 6 * second);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(eu_processes_space(&p, pid, 9 * second), before);
	close(ready[0]);
	close(go[0]);
	close(go[1]);
	eu_processes_done(&p);
}

static void test_many_processes(void **state)
{
	struct eu_processes p = { 0 };
	uint32_t first;

	(void)state;
	first = eu_processes_space(&p, 1, 0);
	for (uint32_t pid = 2; pid < 1000; pid++)
		assert_int_not_equal(eu_processes_space(&p, pid << 22, 0), 0);
	assert_int_equal(eu_processes_space(&p, 1, 0), first);
	assert_int_equal(p.n, 999);
	eu_processes_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_functions),
		cmocka_unit_test(test_no_such_address),
		cmocka_unit_test(test_unknown_process),
		cmocka_unit_test(test_without_module),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_exec),
		cmocka_unit_test(test_many_processes),
	};

	return cmocka_run_group_tests(tests, open_sym, close_sym);
}
