/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "sym/kallsyms.h"

static void make(struct eu_kallsyms *k, const char *text, size_t n)
{
	int fd = memfd_create("kallsyms", MFD_CLOEXEC);

	*k = (struct eu_kallsyms){ 0 };
	assert_int_equal(write(fd, text, n), n);
	assert_int_equal(eu_kallsyms_read(k, fd), 0);
	close(fd);
}

/* "NAME MODULE", or "-". */
static void is(const struct eu_kallsyms *k, uint64_t addr, const char *want)
{
	const struct eu_kallsym *s = eu_kallsyms_find(k, addr);
	char got[256] = "-";

	if (s)
		snprintf(got, sizeof(got), "%s %s", k->text + s->name,
			 k->text + s->module);
	assert_string_equal(got, want);
}

static void functions_by_address(void **state)
{
	static const char text[] =
		"0000000000000000 A fixed_percpu_data\n"
		"ffffffff81000000 T _stext\n"
		"ffffffff81000000 T startup\n"
		"ffffffff81000100 t first\n"
		"ffffffff81000100 T second_name\n"
		"ffffffff81000180 D data\n"
		"ffffffff81000200 W weak\n"
		"ffffffffc0002000 t late\t[mod_b]\n"
		"ffffffffc0001000 t early\t[mod_b]\n"
		"ffffffffc0000000 t bpf_prog_6deef7357e7b4530\t[bpf]\n"
		"\n"
		"rubbish\n"
		"ffffffff81000300 t\n"
		"ffffffff81000400 t cut_off";
	struct eu_kallsyms k;

	(void)state;
	make(&k, text, sizeof(text) - 1);
	is(&k, 0xffffffff80ffffff, "-");
	is(&k, 0xffffffff81000000, "startup ");
	is(&k, 0xffffffff810000ff, "startup ");
	is(&k, 0xffffffff81000100, "first ");
	is(&k, 0xffffffff810001ff, "first ");
	is(&k, 0xffffffff81000200, "weak ");
	is(&k, 0xffffffff81000400, "weak ");
	is(&k, 0xffffffff810101ff, "weak ");
	is(&k, 0xffffffff81010200, "-");
	is(&k, 0xffffffffc0000000, "bpf_prog_6deef7357e7b4530 bpf");
	is(&k, 0xffffffffc0001000, "early mod_b");
	is(&k, 0xffffffffc0002fff, "late mod_b");
	is(&k, UINT64_MAX, "-");
	is(&k, 0, "-");
	eu_kallsyms_done(&k);
}

/* What those see who may not see addresses. */
static void hidden_addresses(void **state)
{
	static const char text[] = "0000000000000000 T first\n"
				   "0000000000000000 T second\n";
	struct eu_kallsyms k;

	(void)state;
	make(&k, text, sizeof(text) - 1);
	assert_int_equal(k.n, 0);
	is(&k, 0, "-");
	is(&k, 0x1000, "-");
	eu_kallsyms_done(&k);
}

/* Lines that lie across the pieces in which the file is read. */
static void more_than_one_read(void **state)
{
	size_t n = 20000, len = 0, cap = n * 40;
	struct eu_kallsyms k;
	char name[32], *text = malloc(cap);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, cap - len,
					"%016zx t f%zu\n", 0x1000 + i * 16, i);
	make(&k, text, len);
	assert_int_equal(k.n, n);
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "f%zu ", i);
		is(&k, 0x1000 + i * 16 + 15, name);
	}
	eu_kallsyms_done(&k);
	free(text);
}

static void a_line_without_end(void **state)
{
	int fd = memfd_create("kallsyms", MFD_CLOEXEC);
	struct eu_kallsyms k = { 0 };
	char *text = malloc(1 << 17);

	(void)state;
	memset(text, 'f', 1 << 17);
	assert_int_equal(write(fd, text, 1 << 17), 1 << 17);
	assert_true(eu_kallsyms_read(&k, fd) < 0);
	assert_int_equal(k.n, 0);
	assert_true(eu_kallsyms_read(&k, -1) < 0);
	close(fd);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_by_address),
		cmocka_unit_test(hidden_addresses),
		cmocka_unit_test(more_than_one_read),
		cmocka_unit_test(a_line_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
