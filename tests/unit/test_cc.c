/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>
#include <bpf/btf.h>
#include <gelf.h>

#include "base/file.h"
#include "base/json.h"
#include "base/child.h"
#include "cc/clang.h"
#include "cc/comment.h"
#include "cc/hash.h"
#include "cc/module.h"
#include "cc/settle.h"
#include "cc/source.h"
#include "cc/strip.h"

/* Scenarios check comments in sources; these are the odd ones. */
static void test_comment(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "///", "{}" },
		{ "/// @flag", "{\"flag\":true}" },
		{ "/// \\brief x", "{\"brief\":\"x\"}" },
		{ "/// @brief x\n/// @brief y", "{\"brief\":\"x\\ny\"}" },
		{ "/// @target 1", "{\"target\":\"1\"}" },
		{ "/// @target a\n/// @target b\n/// @target c",
		  "{\"target\":[\"a\",\"b\",\"c\"]}" },
		{ "/// @x [1,\n/// 2]\n/// t",
		  "{\"description\":\"t\",\"x\":[1,2]}" },
		{ "/// @x {\"a\": \"}\"} y",
		  "{\"description\":\"y\",\"x\":{\"a\":\"}\"}}" },
		{ "/// @x {not json", "{\"x\":\"{not json\"}" },
		{ "/// @x true", "{\"x\":true}" },
		{ "/// @c word in code", "{\"description\":\"@c word in code\"}" },
		{ "/**\n * a\n *\n * @ifindex 1\n */",
		  "{\"description\":\"a\",\"ifindex\":1}" },
		{ "/** * starred */", "{\"description\":\"* starred\"}" },
		{ "///< behind", "{\"description\":\"behind\"}" },
		{ "/// <tag>", "{\"description\":\"<tag>\"}" },
		{ "/// a @ b", "{\"description\":\"a @ b\"}" },
		{ "/// \xc3\xa4", "{\"description\":\"\xc3\xa4\"}" },
		{ "/// @note n\n///\n/// d",
		  "{\"description\":\"d\",\"note\":\"n\"}" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		eu_auto_json json_t *j = NULL;
		eu_auto_free char *text = NULL;
		struct eu_error err = { 0 };

		if (eu_comment_parse(rows[i].text, &j, &err))
			fail_msg("%s: %s", rows[i].text, err.text);
		text = eu_json_write(j, NULL);
		assert_string_equal(text, rows[i].want);
	}
}

/* "HERE" is what the comment is looked for. */
static void test_comment_above(void **state)
{
	static const struct {
		const char *text, *comment;
	} rows[] = {
		{ "HERE", NULL },
		{ "int HERE", NULL },
		{ "/// a; b\nint M(HERE", "/// a; b" },
		{ "x;\n\t/// a\n\t//! b\n\nSEC(\"x\")\nint M(HERE",
		  "\t/// a\n\t//! b" },
		{ "/** a\n * b */\nint M(\n\tHERE", "/** a\n * b */" },
		{ "/* a */\nint HERE", NULL },
		{ "/**/\nint HERE", NULL },
		{ "/// a\nint x;\nint HERE", NULL },
		{ "/// a\nint x; int HERE", NULL },
		{ "/// a\nint f()\n{\n}\nint HERE", NULL },
		{ "/// a\n#define X\nint HERE", NULL },
		{ "*/\nint HERE", NULL },
	};
	char *comment;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		const char *here = strstr(rows[i].text, "HERE");

		assert_int_equal(eu_comment_above(rows[i].text,
						  here - rows[i].text, &comment),
				 0);
		if (rows[i].comment)
			assert_string_equal(comment, rows[i].comment);
		else
			assert_null(comment);
		free(comment);
	}
}

static void test_comment_bad(void **state)
{
	static const char *const rows[] = {
		"/// @cmdarg {\"long\": }",
		"/// @sample {\"interval\": 1",
		"/// @tchook [1",
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		struct eu_error err = { 0 };
		json_t *j = NULL;

		assert_int_equal(eu_comment_parse(rows[i], &j, &err), -EINVAL);
		assert_int_equal(err.text[0], '@');
		assert_null(j);
	}
}

static void test_types(void **state)
{
	static const struct {
		const char *text, *names;
		bool marked_only;
	} rows[] = {
		{ "", "" },
		{ "struct a { int x; };", "a" },
		{ "struct a { struct b { int y; } z; };", "a" },
		{ "struct a;struct b{};", "b" },
		{ "typedef struct { int x; } a;", "(a)" },
		{ "typedef struct a { int x; } b;", "a" },
		{ "typedef struct { int x; } __attribute__((packed)) a;", "(a)" },
		{ "struct __attribute__((packed)) a { int x; };", "a" },
		{ "struct __packed a { int x; };", "a" },
		{ "struct { int x; } a;", "" },
		{ "union a { int x; }; enum b { C };", "" },
		{ "/* struct a {}; */ // struct b {};\nstruct c {};", "c" },
		{ "char *s = \"struct a {\"; struct b {};", "b" },
		{ "#if 0\nstruct a {};\n#endif\nstruct b {};", "b" },
		{ "#if 0\nstruct a {};\n#else\nstruct b {};\n#endif", "b" },
		{ "#if 0\n#if 1\n#else\nstruct a {};\n#endif\n#endif\n"
		  "struct b {};",
		  "b" },
		{ "#define X \\\n struct a {};\nstruct b {};", "b" },
		{ "void f(void) { struct a { int x; } y; }", "" },
		{ "struct a { int x; }; struct a { int x; };", "a" },
		{ "/// @export\nstruct a {}; struct b {};", "a", true },
		{ "/// @export_config\nstruct a {};", "", true },
		{ "struct a {", "a" },
		{ "struct", "" },
		{ "typedef", "" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(1000);
		struct eu_type_names t = { 0 };

		assert_int_equal(eu_source_types(rows[i].text,
						 rows[i].marked_only, &t),
				 0);
		for (size_t k = 0; k < t.n; k++)
			eu_buf_printf(&b,
				      t.list[k].is_typedef ? "%s(%s)" : "%s%s",
				      k ? " " : "", t.list[k].name);
		assert_string_equal(eu_buf_str(&b), rows[i].names);
		eu_type_names_done(&t);
	}
}

static void test_starts_with_vmlinux(void **state)
{
	static const struct {
		const char *text;
		bool starts, has;
	} rows[] = {
		{ "#include \"vmlinux.h\"\n", true, true },
		{ "// c\n/* d */\n#  include <vmlinux.h>\n", true, true },
		{ "#define X\n#include \"vmlinux.h\"\n", false, true },
		{ "#ifdef X\n#include \"vmlinux.h\"\n#endif\n", false, true },
		{ "typedef int u;\n#include \"vmlinux.h\"\n", false, true },
		{ "#include <linux/bpf.h>\n", false, false },
		{ "/* #include \"vmlinux.h\" */", false, false },
		{ "#include_next \"vmlinux.h\"\n", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		assert_int_equal(eu_source_starts_with_vmlinux(rows[i].text),
				 rows[i].starts);
		assert_int_equal(eu_source_has_vmlinux(rows[i].text),
				 rows[i].has);
	}
}

static void test_module_fits(void **state)
{
	static const char header[] = "struct pid { int count; };\n"
				     "#ifndef NO_THING\n#endif\n";
	static const struct {
		const char *flags[3];
		bool fits;
	} rows[] = {
		{ { NULL }, true },
		{ { "-Wall", "-Wno-x" }, true },
		{ { "-Ifolder" }, true },
		{ { "-I", "folder" }, true },
		{ { "-I" }, false },
		{ { "-DUNHEARD_OF" }, true },
		{ { "-DUNHEARD_OF=count" }, true },
		{ { "-D", "UNHEARD_OF" }, true },
		{ { "-Dcount=1" }, false },
		{ { "-D", "NO_THING" }, false },
		{ { "-DNO_THINGS" }, true },
		{ { "-DTHING" }, true },
		{ { "-D" }, false },
		{ { "-O1" }, false },
		{ { "-UNO_THING" }, false },
		{ { "-include", "x.h" }, false },
		{ { "-Wp,-DNO_THING" }, false },
		{ { "-fms-extensions" }, false },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		size_t n = 0;

		while (rows[i].flags[n])
			n++;
		if (eu_module_fits(header, strlen(header),
				   (char *const *)rows[i].flags,
				   n) != rows[i].fits)
			fail_msg("%s", rows[i].flags[0] ?: "");
	}
}

static void test_hash(void **state)
{
	char data[100];

	(void)state;
	memset(data, 'x', sizeof(data));
	for (size_t n = 0; n < sizeof(data); n++) {
		uint64_t h = eu_hash(0, data, n);

		assert_true(h != eu_hash(0, data, n + 1));
		assert_true(h != eu_hash(1, data, n));
		if (!n)
			continue;
		data[n - 1] ^= 1;
		assert_true(h != eu_hash(0, data, n));
		data[n - 1] ^= 1;
		assert_true(h == eu_hash(0, data, n));
	}
}

static void test_argv_format(void **state)
{
	eu_auto_argv struct eu_argv a = { 0 };
	eu_auto_buf struct eu_buf b = EU_BUF(1000);

	(void)state;
	eu_argv_add(&a, "clang");
	eu_argv_addf(&a, "-D%s", "X=a b");
	eu_argv_add(&a, "it's");
	eu_argv_add(&a, "");
	eu_argv_format(&a, &b);
	assert_string_equal(eu_buf_str(&b), "clang '-DX=a b' 'it'\\''s' ''");
}

static void test_child(void **state)
{
	eu_auto_child struct eu_child c = EU_CHILD;
	eu_auto_argv struct eu_argv a = { 0 }, missing = { 0 };
	eu_auto_close int in = eu_memfd("in", "text", 4);
	eu_auto_free char *out = NULL, *err = NULL;
	struct eu_error e = { 0 };
	size_t len;

	(void)state;
	eu_argv_add(&a, "sh");
	eu_argv_add(&a, "-c");
	eu_argv_add(&a, "cat; echo words >&2; exit 3");
	assert_int_equal(eu_child_start(&c, &a, in, &e), 0);
	assert_int_equal(eu_child_wait(&c), 3);
	assert_int_equal(eu_memfd_read(c.out, "output", &out, &len, &e), 0);
	assert_string_equal(out, "text");
	assert_int_equal(eu_memfd_read(c.err, "output", &err, &len, &e), 0);
	assert_string_equal(err, "words\n");
	assert_int_equal(eu_memfd_read(-1, "object", &out, &len, &e), -EBADF);
	assert_string_equal(e.text, "cannot read 'object': Bad file descriptor");

	eu_child_done(&c);
	eu_argv_add(&missing, "no-such-program-here");
	assert_int_equal(eu_child_start(&c, &missing, -1, &e), -ENOENT);
	assert_string_equal(
		e.text,
		"cannot run 'no-such-program-here': No such file or directory");
}

static void make_program(const char *dir, const char *name)
{
	eu_auto_free char *path = eu_path_join(dir, name);

	assert_int_equal(eu_file_write(path, "", 0, NULL), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

static void test_find_clang(void **state)
{
	char dir[] = "/tmp/eu-cc-XXXXXX"; /* lint: bounded */
	eu_auto_free char *path = strdup(getenv("PATH"));
	struct eu_error err = { 0 };
	struct eu_clang c = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	unsetenv("CLANG");
	setenv("PATH", dir, 1);
	assert_int_equal(eu_clang_find(NULL, &c, &err), -ENOENT);
	assert_non_null(strstr(err.text, "cannot find clang 14 or later"));

	make_program(dir, "clang-9");
	assert_int_equal(eu_clang_find(NULL, &c, &err), -ENOENT);
	make_program(dir, "clang-15");
	make_program(dir, "clang-19");
	make_program(dir, "clang-format-20");
	assert_int_equal(eu_clang_find(NULL, &c, &err), 0);
	assert_string_equal(strrchr(c.path, '/'), "/clang-19");
	eu_clang_done(&c);
	make_program(dir, "clang");
	assert_int_equal(eu_clang_find(NULL, &c, &err), 0);
	assert_string_equal(strrchr(c.path, '/'), "/clang");
	eu_clang_done(&c);
	setenv("CLANG", "clang-15", 1);
	assert_int_equal(eu_clang_find(NULL, &c, &err), 0);
	assert_string_equal(strrchr(c.path, '/'), "/clang-15");
	eu_clang_done(&c);
	assert_int_equal(eu_clang_find("clang-9", &c, &err), 0);
	assert_string_equal(strrchr(c.path, '/'), "/clang-9");
	eu_clang_done(&c);

	unsetenv("CLANG");
	setenv("PATH", path, 1);
	for (size_t i = 0; i < 5; i++) {
		static const char *const names[] = { "clang", "clang-9",
						     "clang-15", "clang-19",
						     "clang-format-20" };
		eu_auto_free char *file = eu_path_join(dir, names[i]);

		unlink(file);
	}
	assert_int_equal(rmdir(dir), 0);
}

/* BTF that ends with these forward declarations, a pointer to each before. */
static struct btf *with_forwards(const char *const *names, size_t n)
{
	struct btf *btf = btf__new_empty();

	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	btf__add_struct(btf, "holder", 8 * n);
	for (size_t i = 0; i < n; i++)
		btf__add_field(btf, "member", 3 + i, i * 64, 0);
	for (size_t i = 0; i < n; i++)
		btf__add_ptr(btf, 3 + n + i);
	for (size_t i = 0; i < n; i++)
		btf__add_fwd(btf, names[i], BTF_FWD_STRUCT);
	return btf;
}

/* "1st 2nd": what the pointers lead to; the order of the last types. */
static void describe(const struct btf *btf, size_t n, struct eu_buf *out)
{
	const struct btf_type *t;

	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		t = btf__type_by_id(btf, id);
		if (btf_is_ptr(t))
			t = btf__type_by_id(btf, t->type);
		else if (id < 3 + n)
			continue;
		eu_buf_printf(out, "%s ", btf__name_by_offset(btf, t->name_off));
	}
}

static void test_settle(void **state)
{
	static const char *const names[] = { "pid", "mm", "file", "member",
					     "zone" };
	eu_auto_buf struct eu_buf b = EU_BUF(1000);
	struct btf *btf = with_forwards(names, EU_COUNT(names)), *parsed;
	const void *raw;
	uint32_t size, size_after;

	(void)state;
	raw = btf__raw_data(btf, &size);
	parsed = btf__new(raw, size);
	assert_int_equal(eu_settle(parsed, NULL), 0);
	describe(parsed, EU_COUNT(names), &b);
	assert_string_equal(eu_buf_str(&b),
			    "pid mm file member zone file member mm pid zone ");
	/* The name that a member has too has stayed where it was. */
	assert_string_equal(
		btf__name_by_offset(
			parsed,
			btf_members(btf__type_by_id(parsed, 2))[0].name_off),
		"member");
	btf__raw_data(parsed, &size_after);
	assert_int_equal(size_after, size);
	btf__free(parsed);
	btf__free(btf);
}

/* Any order of the same declarations gives the same bytes. */
static void test_settle_order(void **state)
{
	static const char *const orders[][3] = {
		{ "a", "bb", "ccc" },
		{ "ccc", "a", "bb" },
		{ "bb", "ccc", "a" },
	};
	eu_auto_free char *first = NULL;
	struct btf *btf, *parsed;
	const void *raw;
	uint32_t size;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(orders); i++) {
		btf = with_forwards(orders[i], 3);
		/* The pointers lead to a, bb and ccc in each. */
		for (uint32_t k = 0; k < 3; k++)
			for (uint32_t at = 0; at < 3; at++)
				if (orders[i][at][0] == "abc"[k])
					((struct btf_type *)btf__type_by_id(
						 btf, 3 + k))
						->type = 6 + at;
		raw = btf__raw_data(btf, &size);
		parsed = btf__new(raw, size);
		assert_int_equal(eu_settle(parsed, NULL), 0);
		raw = btf__raw_data(parsed, &size);
		if (!first) {
			first = malloc(size);
			memcpy(first, raw, size);
		}
		assert_memory_equal(first, raw, size);
		btf__free(parsed);
		btf__free(btf);
	}
}

/* The names of an object's sections, sorted as they come. */
static void sections(const void *data, size_t len, struct eu_buf *out)
{
	Elf *elf = elf_memory((char *)data, len);
	Elf_Scn *scn = NULL;
	size_t names;
	GElf_Shdr sh;

	elf_getshdrstrndx(elf, &names);
	while ((scn = elf_nextscn(elf, scn))) {
		gelf_getshdr(scn, &sh);
		eu_buf_printf(out, "%s ", elf_strptr(elf, names, sh.sh_name));
	}
	elf_end(elf);
}

static void test_strip(void **state)
{
	eu_auto_free char *path = eu_path_join(TEST_OBJ, "anchors.bpf.o");
	eu_auto_buf struct eu_buf before = EU_BUF(4096), after = EU_BUF(4096);
	eu_auto_free char *data = NULL;
	eu_auto_free void *out = NULL, *twice = NULL;
	struct eu_error err = { 0 };
	size_t len, out_len, twice_len;

	(void)state;
	if (eu_file_read(path, 1 << 24, &data, &len, &err))
		fail_msg("%s", err.text);
	elf_version(EV_CURRENT);
	sections(data, len, &before);
	assert_non_null(strstr(eu_buf_str(&before), ".debug_info "));
	if (eu_strip(data, len, &out, &out_len, &err))
		fail_msg("%s", err.text);
	assert_true(out_len < len);
	sections(out, out_len, &after);
	assert_string_equal(
		eu_buf_str(&after),
		".text tp/syscalls/sys_enter_kill .reltp/syscalls/sys_enter_kill .rodata license .maps .bss .BTF .BTF.ext .symtab .strtab ");
	/* There is nothing left to take. */
	if (eu_strip(out, out_len, &twice, &twice_len, &err))
		fail_msg("%s", err.text);
	assert_int_equal(twice_len, out_len);
	assert_memory_equal(twice, out, out_len);
}

static void test_strip_bad(void **state)
{
	eu_auto_free char *path = eu_path_join(TEST_OBJ, "anchors.bpf.o");
	eu_auto_free char *data = NULL;
	struct eu_error err = { 0 };
	size_t len, out_len;
	void *out = NULL;

	(void)state;
	assert_int_equal(eu_strip("", 0, &out, &out_len, &err), -EINVAL);
	assert_string_equal(err.text, "the compiler left no object");
	assert_int_equal(eu_strip("text", 4, &out, &out_len, &err), -EINVAL);
	if (eu_file_read(path, 1 << 24, &data, &len, &err))
		fail_msg("%s", err.text);
	assert_int_equal(eu_strip(data, len / 2, &out, &out_len, &err), -EINVAL);
	assert_null(out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comment),
		cmocka_unit_test(test_comment_bad),
		cmocka_unit_test(test_comment_above),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_starts_with_vmlinux),
		cmocka_unit_test(test_module_fits),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_argv_format),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_find_clang),
		cmocka_unit_test(test_settle),
		cmocka_unit_test(test_settle_order),
		cmocka_unit_test(test_strip),
		cmocka_unit_test(test_strip_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
