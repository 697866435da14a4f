/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <bpf/btf.h>
#include <cmocka.h>

#include "btf_text.h"
#include "gen/skeleton.h"

/* The skeleton of an object. */

#define NAME(s) ((char *)(s))

static struct eu_var vars[] = {
	{ .name = NAME("first"), .section = NAME(".data"), .type_id = 1, .size = 4 },
	{ .name = NAME("on_kill.times"),
	  .section = NAME(".data"),
	  .type_id = 1,
	  .offset = 4,
	  .size = 4 },
	{ .name = NAME("where"),
	  .section = NAME(".data"),
	  .type_id = 4,
	  .offset = 8,
	  .size = 8 },
	{ .name = NAME("text"), .section = NAME(".bss"), .type_id = 3, .size = 5 },
};

static struct eu_map maps[] = {
	{ .name = NAME("rb"), .ident = NAME("rb"), .type = 27, .max_entries = 4096 },
	{ .name = NAME(".data"),
	  .ident = NAME("data"),
	  .type = 2,
	  .key_size = 4,
	  .value_size = 16,
	  .max_entries = 1,
	  .internal = true },
	{ .name = NAME(".bss"),
	  .ident = NAME("bss"),
	  .type = 2,
	  .key_size = 4,
	  .value_size = 5,
	  .max_entries = 1,
	  .internal = true },
};

static struct eu_prog progs[] = {
	{ .name = NAME("on_kill"), .section = NAME("tp/a\"b\n") },
};

static struct eu_object object = { .data = NAME("\x7f"
						"EL"),
				   .size = 3 };

static struct eu_package made(void)
{
	return (struct eu_package){
		.name = NAME("3.tool_bpf"),
		.origin = NAME("x.o"),
		.object = &object,
		.btf = text_to_btf("int int 4\nint char 1\narray 2 5\n"
				   "struct point 8 x:1@0 y:1@32\n",
				   NULL),
		.vars = vars,
		.n_vars = EU_COUNT(vars),
		.maps = maps,
		.n_maps = EU_COUNT(maps),
		.progs = progs,
		.n_progs = EU_COUNT(progs),
	};
}

/* In their order. */
static const char *const want[] = {
	"#ifndef ___3_TOOL_BPF_SKEL_H__\n",
	"#include \"libbpf-wasm.h\"\n",
	"struct point {\n\tint x;\n\tint y;\n} __attribute__((packed));\n",
	"struct _3_tool_bpf {\n"
	"\tstruct bpf_object_skeleton *skeleton;\n"
	"\tstruct bpf_object *obj;\n"
	"\tstruct {\n"
	"\t\tstruct bpf_map *rb;\n"
	"\t\tstruct bpf_map *data;\n"
	"\t\tstruct bpf_map *bss;\n"
	"\t} maps;\n"
	"\tstruct {\n"
	"\t\tstruct bpf_program *on_kill;\n"
	"\t} progs;\n"
	"\tstruct {\n"
	"\t\tstruct bpf_link *on_kill;\n"
	"\t} links;\n"
	"\tstruct _3_tool_bpf__data {\n"
	"\t\tint first;\n"
	"\t\tchar __pad0[4];\n"
	"\t\tstruct point where;\n"
	"\t} __attribute__((packed)) *data;\n"
	"\tstruct _3_tool_bpf__bss {\n"
	"\t\tchar text[5];\n"
	"\t} __attribute__((packed)) *bss;\n"
	"#ifdef __cplusplus\n",
	"\n\t\t127,69,76,\n\t};\n",
	"\ts->object = &obj->obj;\n",
	"\ts->maps[0].map = &obj->maps.rb;\n"
	"\ts->maps[0].name = \"rb\";\n"
	"\ts->maps[0].facts = (struct bpf_map_facts){ 27, 0, 0, 4096, 0 };\n"
	"\ts->maps[1].map = &obj->maps.data;\n"
	"\ts->maps[1].name = \"3.tool_bpf.data\";\n",
	"\ts->maps[1].mmaped = (void **)&obj->data;\n"
	"\ts->maps[1].section_offset = 0;\n"
	"\ts->maps[1].section_size = 16;\n",
	"\ts->progs[0].link = &obj->links.on_kill;\n"
	"\ts->progs[0].section = \"tp/a\\042b\\012\";\n",
	"static inline int _3_tool_bpf__attach(struct _3_tool_bpf *obj)\n",
	"static inline int _3_tool_bpf__read_data(struct _3_tool_bpf *obj)\n",
	"static inline int _3_tool_bpf__write_bss(struct _3_tool_bpf *obj)\n",
};

static void test_written(void **state)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_package pkg = made();
	struct eu_error err = { 0 };
	const char *at;

	(void)state;
	if (eu_skeleton_write(&pkg, &out, &err))
		fail_msg("%s", err.text);
	at = eu_buf_str(&out);
	for (size_t i = 0; i < EU_COUNT(want); i++) {
		const char *found = strstr(at, want[i]);

		if (!found)
			fail_msg("no '%s' in '%s'", want[i], at);
		at = found;
	}
	btf__free(pkg.btf);
}

/* Without BTF there are bytes. */
static void test_untyped(void **state)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_package pkg = made();
	struct eu_error err = { 0 };

	(void)state;
	btf__free(pkg.btf);
	pkg.btf = NULL;
	if (eu_skeleton_write(&pkg, &out, &err))
		fail_msg("%s", err.text);
	assert_non_null(strstr(eu_buf_str(&out), "\t\tunsigned char first[4];\n"
						 "\t\tchar __pad0[4];\n"
						 "\t\tunsigned char where[8];\n"));
}

static void refused(struct eu_package *pkg, const char *text)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_error err = { 0 };

	assert_int_equal(eu_skeleton_write(pkg, &out, &err), -EINVAL);
	assert_string_equal(err.text, text);
	btf__free(pkg->btf);
}

static void test_bad(void **state)
{
	struct eu_prog odd = { .name = NAME("f(); int g"),
			       .section = NAME("xdp") };
	struct eu_package pkg = made();

	(void)state;
	pkg.progs = &odd;
	refused(&pkg, "'f(); int g' is no name in C");
	pkg = made();
	pkg.n_progs = 0;
	pkg.n_maps = 0;
	refused(&pkg,
		"'x.o' has neither programs nor maps; if 'ecc --header-only' wrote it, compile the program again");
	pkg = made();
	vars[2].offset = 2;
	refused(&pkg, "variable 'where' lies on another");
	vars[2].offset = 8;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_untyped),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("skeleton", tests, NULL, NULL);
}
