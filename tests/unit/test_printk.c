/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "out/printk.h"

/* Names may hold anything; what is of another sort adds nothing. */
static void lines_of_trace_pipe(void **state)
{
	static const struct {
		const char *line, *members;
	} rows[] = {
		{ "            bash-1234    [001] d..21 12345.678901: bpf_trace_printk: hi \"x\"",
		  ",\"task\":\"bash\",\"pid\":1234,\"cpu\":1,\"time\":12345.678901,\"message\":\"hi \\\"x\\\"\"" },
		{ "          <idle>-0       [000] ..s2.     0.000100: bpf_trace_printk: ",
		  ",\"task\":\"<idle>\",\"pid\":0,\"cpu\":0,\"time\":0.000100,\"message\":\"\"" },
		{ " qemu: [x] -1 2x-27382   [010] ...21 20612.4: bpf_trace_printk: a: bpf_trace_printk: b",
		  ",\"task\":\"qemu: [x] -1 2x\",\"pid\":27382,\"cpu\":10,\"time\":20612.4,\"message\":\"a: bpf_trace_printk: b\"" },
		{ "            bash-1234    [001] d..21 12345.: bpf_trace_printk: x",
		  "" },
		{ "            bash-1234    [001] d..21 1.2.3: bpf_trace_printk: x",
		  "" },
		{ "            bash-        [001] d..21 1.2: bpf_trace_printk: x",
		  "" },
		{ "            bash-1234    [: bpf_trace_printk: x", "" },
		{ "            bash-1234: bpf_trace_printk: x", "" },
		{ ": bpf_trace_printk: ", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(4096);

		eu_printk_json(&b, rows[i].line, strlen(rows[i].line));
		assert_string_equal(eu_buf_str(&b), rows[i].members);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_trace_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
