/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "wasm/bytes.h"
#include "wasm/host.h"

/* Modules before they are compiled, and what they may import. */

#define HEAD "\0asm\1\0\0\0"
#define TABLE "\4\5\1\x70\1\2\2"
#define EXPORT "\7\x1d\1\x19__indirect_function_table\1\0"
#define BYTES(s) s, sizeof(s) - 1

static const struct {
	const char *from;
	size_t len;
	const char *to; /* NULL: as it is */
	size_t to_len;
} modules[] = {
	{ BYTES(HEAD), NULL, 0 },
	{ BYTES(HEAD TABLE), BYTES(HEAD TABLE EXPORT) },
	{ BYTES(HEAD TABLE EXPORT), NULL, 0 },
	{ BYTES(HEAD TABLE "\7\5\1\1m\2\0"),
	  BYTES(HEAD TABLE "\7\x21\2\1m\2\0\x19__indirect_function_table\1\0") },
	/* In front of the start, behind tags and what has no number. */
	{ BYTES(HEAD TABLE "\x8\1\0"), BYTES(HEAD TABLE EXPORT "\x8\1\0") },
	{ BYTES(HEAD TABLE "\xd\3\1\0\0\0\2\1x"),
	  BYTES(HEAD TABLE "\xd\3\1\0\0\0\2\1x" EXPORT) },
	/* Broken. */
	{ BYTES(HEAD TABLE "\7\5\1\x29t\1\0"), NULL, 0 },
	{ BYTES(HEAD TABLE "\7\xff"), NULL, 0 },
	{ BYTES("\0as"), NULL, 0 },
};

static void test_export(void **state)
{
	(void)state;
	for (size_t i = 0; i < EU_COUNT(modules); i++) {
		eu_auto_buf struct eu_buf out = EU_BUF(4096);

		assert_int_equal(eu_bytes_export_table(modules[i].from,
						       modules[i].len, &out, NULL),
				 0);
		if (out.len != modules[i].to_len ||
		    (out.len && memcmp(out.data, modules[i].to, out.len)))
			fail_msg("module %zu", i);
	}
}

static const struct {
	const char *module, *name, *type;
	int r;
	bool ours;
} imports[] = {
	{ "wasm_bpf", "wasm_load_bpf_object", "ii:I", 0, true },
	{ "env", "wasm_load_bpf_object", "ii:I", 0, true },
	{ "wasm_bpf", "wasm_bpf_map_operate", "iiiiiI:i", 0, true },
	{ "wasm_bpf", "wasm_bpf_map_operate", "iiIIII:i", 0, true },
	{ "wasm_bpf", "wasm_bpf_map_operate", "iiiiii:i", -ENOENT, false },
	{ "wasm_bpf", "wasm_bpf_buffer_poll", "Iiiiii:i", -ENOENT, false },
	{ "wrap", "wasm_bpf_buffer_poll", "Iiiiii:i", 0, true },
	{ "wrap", "wasm_load_bpf_object", "ii:I", -ENOENT, false },
	{ "other", "wasm_load_bpf_object", "ii:I", -ENOENT, false },
	{ EU_WASI, "poll_oneoff", "iiii:i", 0, true },
	{ EU_WASI, "fd_write", "iiii:i", 0, false },
};

static void test_imports(void **state)
{
	char wrapper[] = "wrap";
	const struct eu_wasm w = { .wrapper = wrapper };
	const struct eu_import *im;
	struct eu_error err;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(imports); i++) {
		struct eu_wanted_import want = {
			.module = imports[i].module,
			.module_len = strlen(imports[i].module),
			.name = imports[i].name,
			.name_len = strlen(imports[i].name),
		};

		snprintf(want.type, sizeof(want.type), "%s", imports[i].type);
		if (eu_host_find(&w, &want, &im, &err) != imports[i].r ||
		    (!imports[i].r && !im == imports[i].ours))
			fail_msg("import %zu: %s", i, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_imports),
	};

	return cmocka_run_group_tests_name("wasm", tests, NULL, NULL);
}
