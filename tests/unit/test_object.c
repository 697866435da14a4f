/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "object_bytes.h"
#include "packages.h"
#include "pkg/param.h"

static void test_object_vars(void **state)
{
	static const struct {
		const char *name, *section, *type;
		uint32_t size;
	} rows[] = {
		{ "p_u8", ".rodata", "u8", 1 },
		{ "p_u64", ".rodata", "u64", 8 },
		{ "p_bool", ".rodata", "bool", 1 },
		{ "p_color", ".rodata", "enum color", 4 },
		{ "p_text", ".rodata", "char[8]", 8 },
		{ "p_list", ".rodata", "int[2]", 8 },
		{ "p_double", ".rodata", "double", 8 },
		{ "d_int", ".data", "int", 4 },
		{ "b_text", ".bss", "char[4]", 4 },
	};
	eu_auto_package struct eu_package *pkg = from_object("params.bpf.o");
	const struct eu_var *v;

	(void)state;
	assert_string_equal(pkg->name, "params_bpf");
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		v = eu_package_var(pkg, rows[i].name);
		assert_non_null(v);
		assert_string_equal(v->section, rows[i].section);
		assert_string_equal(v->type, rows[i].type);
		assert_int_equal(v->size, rows[i].size);
	}
	assert_null(eu_package_var(pkg, "no_such_variable"));
	/* Places are the ELF's, not those that clang leaves at 0 in the BTF. */
	for (size_t i = 1; i < pkg->n_vars; i++)
		if (!strcmp(pkg->vars[i].section, pkg->vars[i - 1].section))
			assert_true(pkg->vars[i].offset >=
				    pkg->vars[i - 1].offset +
					    pkg->vars[i - 1].size);
}

/* What is at a variable's place in the section is its initial value. */
static void test_object_offsets(void **state)
{
	eu_auto_package struct eu_package *pkg = from_object("params.bpf.o");
	struct bpf_object *obj = bpf_object__open_mem(pkg->object->data,
						      pkg->object->size, NULL);
	struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata");
	uint16_t u16;
	uint64_t u64;
	const char *bytes;
	size_t len;

	(void)state;
	bytes = bpf_map__initial_value(map, &len);
	assert_non_null(bytes);
	memcpy(&u16, bytes + eu_package_var(pkg, "p_u16")->offset, sizeof(u16));
	memcpy(&u64, bytes + eu_package_var(pkg, "p_u64")->offset, sizeof(u64));
	assert_int_equal(u16, 2);
	assert_int_equal(u64, 4);
	assert_int_equal(bytes[eu_package_var(pkg, "p_on")->offset], 1);
	assert_string_equal(bytes + eu_package_var(pkg, "p_text")->offset,
			    "text");
	assert_int_equal(eu_package_map(pkg, ".rodata")->value_size, len);
	bpf_object__close(obj);
}

static void test_object_maps(void **state)
{
	eu_auto_package struct eu_package *pkg = from_object("anchors.bpf.o");
	eu_auto_package struct eu_package *old = from_object("old_maps.bpf.o");
	const struct eu_map *m;

	(void)state;
	m = eu_package_map(pkg, "rb");
	assert_int_equal(m->type, BPF_MAP_TYPE_RINGBUF);
	assert_int_equal(m->max_entries, 4096);
	assert_false(m->internal);

	m = eu_package_map(old, "counts");
	assert_int_equal(m->type, BPF_MAP_TYPE_HASH);
	assert_int_equal(m->key_size, 4);
	assert_int_equal(m->value_size, 8);
	assert_int_equal(m->max_entries, 16);
	assert_null(old->btf);
	assert_string_equal(old->progs[0].name, "hello");
	assert_string_equal(old->progs[0].section,
			    "tracepoint/syscalls/sys_enter_kill");
}

static void test_object_anchors(void **state)
{
	eu_auto_package struct eu_package *pkg = from_object("anchors.bpf.o");
	eu_auto_json json_t *members = NULL;
	eu_auto_free char *text = NULL;

	(void)state;
	assert_int_equal(pkg->n_exports, 2);
	for (size_t i = 0; i < 2; i++) {
		if (strcmp(pkg->exports[i].name, "event"))
			continue;
		assert_int_equal(pkg->exports[i].size, 20);
		members = eu_package_members(pkg->btf, pkg->exports[i].type_id);
	}
	text = eu_json_write(members, NULL);
	assert_string_equal(text,
			    "[{\"name\":\"pid\",\"type\":\"int\"},"
			    "{\"name\":\"at\",\"type\":\"struct point[2]\"}]");
}

/* Every beginning of an object is refused, none is read beyond its end. */
static void test_cut_object(void **state)
{
	struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };
	char *copy;
	size_t len;
	eu_auto_free char *data = read_object("hello_kern.bpf.o", &len);

	(void)state;
	for (size_t n = 1; n < len; n++) {
		copy = malloc(n);
		memcpy(copy, data, n);
		assert_true(eu_package_parse(copy, n, "p", NULL, &pkg, &err) < 0);
		free(copy);
	}
}

/*
 * An object of @n sections: the names of sections and symbols, which are
 * @name, and one symbol.
 */
static void few_bytes(struct eu_buf *b, size_t n, const char *name)
{
	size_t name_len = strlen(name) + 2;
	Elf64_Ehdr h = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
				     ELFDATA2LSB :
				     ELFDATA2MSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(h),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = n,
		.e_shstrndx = 1,
		.e_shoff = sizeof(h),
	};
	Elf64_Shdr s = { .sh_type = SHT_STRTAB, .sh_size = name_len };
	Elf64_Sym symbols[2] = { [1] = { .st_name = 1, .st_shndx = SHN_ABS } };

	eu_buf_put(b, &h, sizeof(h));
	eu_buf_fill(b, 0, sizeof(s));
	s.sh_offset = sizeof(h) + n * sizeof(s) + sizeof(symbols);
	eu_buf_put(b, &s, sizeof(s));
	s = (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
			  .sh_link = 1,
			  .sh_size = sizeof(symbols),
			  .sh_entsize = sizeof(*symbols),
			  .sh_offset = sizeof(h) + n * sizeof(s) };
	eu_buf_put(b, &s, sizeof(s));
	eu_buf_fill(b, 0, (n - 3) * sizeof(s));
	eu_buf_put(b, symbols, sizeof(symbols));
	eu_buf_putc(b, 0);
	eu_buf_put(b, name, name_len - 1);
}

/* What takes time by its number or length has a limit. */
static void test_large_objects(void **state)
{
	static const struct {
		size_t sections, name;
		const char *text;
	} cases[] = {
		{ 3, 4096, NULL },
		{ 4096, 1, NULL },
		{ 5000, 1, "'p': it has 5000 sections; 4096 are allowed" },
		{ 3, 4097, "'p': symbol 1 has a name of more than 4096 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(1 << 20),
					  name = EU_BUF(8192);
		eu_auto_package struct eu_package *pkg = NULL;
		struct eu_error err = { 0 };
		int r;

		eu_buf_fill(&name, 'x', cases[i].name);
		few_bytes(&b, cases[i].sections, eu_buf_str(&name));
		r = eu_package_from_object(b.data, b.len, "p", NULL, &pkg, &err);
		assert_int_equal(r, cases[i].text ? -E2BIG : 0);
		if (cases[i].text)
			assert_string_equal(err.text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_object_vars),
		cmocka_unit_test(test_object_offsets),
		cmocka_unit_test(test_object_maps),
		cmocka_unit_test(test_object_anchors),
		cmocka_unit_test(test_cut_object),
		cmocka_unit_test(test_large_objects),
	};

	libbpf_set_print(silent);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
