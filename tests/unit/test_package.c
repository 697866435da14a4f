/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "base/file.h"
#include "pkg/base64.h"
#include "pkg/package.h"
#include "pkg/param.h"
#include "pkg/tar.h"
#include "pkg/target.h"
#include "pkg/types.h"
#include "pkg/zlib.h"

#include "object_bytes.h"

/* Objects that the build made of tests/obj by plain clang. */
static char *read_object(const char *name, size_t *len)
{
	eu_auto_free char *path = NULL;
	struct eu_error err = { 0 };
	char *data;

	path = eu_path_join(TEST_OBJ, name);
	if (eu_file_read(path, 1 << 24, &data, len, &err))
		fail_msg("%s", err.text);
	return data;
}

static struct eu_package *from_object(const char *name)
{
	struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };
	size_t len;
	eu_auto_free char *data = read_object(name, &len);

	if (eu_package_from_object(data, len, name, NULL, &pkg, &err))
		fail_msg("%s", err.text);
	return pkg;
}

/* The package of an object as JSON, to be changed. */
static json_t *json_of(const char *name)
{
	eu_auto_package struct eu_package *pkg = from_object(name);
	json_t *j = eu_package_json(pkg, NULL);

	assert_non_null(j);
	return j;
}

static int parse_json(const json_t *j, const char *arch,
		      struct eu_package **ret, struct eu_error *err)
{
	size_t len;
	eu_auto_free char *text = eu_json_write(j, &len);

	return eu_package_parse(text, len, "p", arch, ret, err);
}

/*
 * Puts JSON text @value at @path ("meta.bpf_skel.progs.0.attach"); NULL takes
 * away what is there.
 */
static void put(json_t *j, const char *path, const char *value)
{
	eu_auto_free char *copy = strdup(path);
	char *rest = copy, *key = strsep(&rest, ".");
	json_t *v = value ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL;

	for (; rest; key = strsep(&rest, "."))
		j = json_is_array(j) ? json_array_get(j, strtoul(key, NULL, 10)) :
				       json_object_get(j, key);
	assert_non_null(j);
	if (!value && json_is_array(j))
		json_array_remove(j, strtoul(key, NULL, 10));
	else if (!value)
		json_object_del(j, key);
	else if (json_is_array(j))
		json_array_set_new(j, strtoul(key, NULL, 10), v);
	else
		json_object_set_new(j, key, v);
}

static void test_base64(void **state)
{
	static const struct {
		const char *plain, *text;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "\xfb\xff", "+/8=" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(100);

		eu_base64_encode(rows[i].plain, strlen(rows[i].plain), &b);
		assert_string_equal(eu_buf_str(&b), rows[i].text);
		eu_buf_clear(&b);
		assert_int_equal(eu_base64_decode(rows[i].text,
						  strlen(rows[i].text), &b, NULL),
				 0);
		assert_string_equal(eu_buf_str(&b), rows[i].plain);
	}
}

static void test_base64_bad(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "Zm9", "base64 text ends early: cut or unpadded" },
		{ "Zg=", "base64 text ends early: cut or unpadded" },
		{ "Z===", "'=' at offset 1 is not base64" },
		{ "Zg==Zg==", "'Z' at offset 4 is not base64" },
		{ "Zg=v", "'v' at offset 3 is not base64" },
		{ "Zm9v-", "'-' at offset 4 is not base64" },
		{ "Zm\x01v", "byte 0x01 at offset 2 is not base64" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(100);
		struct eu_error err = { 0 };

		assert_int_equal(eu_base64_decode(rows[i].text,
						  strlen(rows[i].text), &b, &err),
				 -EINVAL);
		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(b.len, 0);
	}
}

static void test_base64_lines(void **state)
{
	eu_auto_buf struct eu_buf b = EU_BUF(100);

	(void)state;
	assert_int_equal(eu_base64_decode(" Zm\n9v\r\n", 8, &b, NULL), 0);
	assert_string_equal(eu_buf_str(&b), "foo");
}

static void test_zlib(void **state)
{
	static const char plain[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	eu_auto_buf struct eu_buf b = EU_BUF(1000);
	eu_auto_free void *out = NULL;
	struct eu_error err = { 0 };

	(void)state;
	assert_int_equal(eu_zlib_deflate(plain, 40, &b), 0);
	assert_memory_equal(b.data, "\x78\x9c", 2);
	assert_int_equal(eu_zlib_inflate(b.data, b.len, 40, &out, &err), 0);
	assert_memory_equal(out, plain, 40);

	assert_int_equal(eu_zlib_inflate(b.data, b.len, 39, &out, &err), -EINVAL);
	assert_string_equal(err.text, "has more than the stated 39 bytes");
	assert_int_equal(eu_zlib_inflate(b.data, b.len, 41, &out, &err), -EINVAL);
	assert_string_equal(err.text, "has 40 bytes, not the stated 41");
	assert_int_equal(eu_zlib_inflate(b.data, b.len - 3, 40, &out, &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "compressed data is damaged"));
	assert_int_equal(eu_zlib_inflate("nonsense", 8, 40, &out, &err), -EINVAL);
	assert_string_equal(
		err.text, "compressed data is damaged: incorrect header check");
}

/* A tar entry of at most one block. */
static size_t tar_entry(char *at, const char *name, char type, const char *content)
{
	unsigned int sum = 0;

	memset(at, 0, 1024);
	snprintf(at, 100, "%s", name);
	snprintf(at + 124, 12, "%011o", (unsigned int)strlen(content));
	memcpy(at + 257, "ustar\00000", 8);
	at[156] = type;
	memset(at + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)at[i];
	snprintf(at + 148, 8, "%06o", sum);
	memcpy(at + 512, content, strlen(content));
	return 1024;
}

static void test_tar(void **state)
{
	char data[16384] = "";
	struct eu_error err = { 0 };
	struct eu_tar t;
	size_t n = 0;

	(void)state;
	n += tar_entry(data + n, "folder", '5', "");
	n -= 512;
	n += tar_entry(data + n, "./a", '0', "first");
	n += tar_entry(data + n, "x", 'x', "19 path=pax/of/it\n");
	data[n - 512 + 18] = '\n';
	n += tar_entry(data + n, "b", '0', "second");
	n += tar_entry(data + n, "././@LongLink", 'L', "gnu/name");
	n += tar_entry(data + n, "c", '0', "third");
	n += 1024;
	assert_true(eu_tar_is(data, n));
	eu_tar_init(&t, data, n);

	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, "a");
	assert_int_equal(t.size, 5);
	assert_memory_equal(t.file, "first", 5);
	assert_int_equal(eu_tar_next(&t, &err), -EINVAL);
	assert_non_null(strstr(err.text, "bad extended header"));

	/* The record's length is right now. */
	tar_entry(data + 512 + 1024, "x", 'x', "18 path=pax/of/it\n");
	eu_tar_init(&t, data, n);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, "pax/of/it");
	assert_memory_equal(t.file, "second", 6);
	assert_int_equal(eu_tar_next(&t, &err), 1);
	assert_string_equal(t.name, "gnu/name");
	assert_memory_equal(t.file, "third", 5);
	assert_int_equal(eu_tar_next(&t, &err), 0);

	data[512]++;
	eu_tar_init(&t, data, n);
	assert_int_equal(eu_tar_next(&t, &err), -EINVAL);
	assert_string_equal(
		err.text,
		"tar archive: header with a wrong checksum at offset 512");
	data[512]--;
	eu_tar_init(&t, data, 512 + 512 + 3);
	assert_int_equal(eu_tar_next(&t, &err), -EINVAL);
	assert_non_null(strstr(err.text, "entry that ends after the file"));
}

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
	const char *bytes;
	size_t len;

	(void)state;
	bytes = bpf_map__initial_value(map, &len);
	assert_non_null(bytes);
	assert_int_equal(bytes[eu_package_var(pkg, "p_u16")->offset], 2);
	assert_int_equal(bytes[eu_package_var(pkg, "p_u64")->offset], 4);
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

static void test_round_trip(void **state)
{
	static const char *const names[] = {
		"anchors.bpf.o",    "params.bpf.o",  "old_maps.bpf.o",
		"hello_kern.bpf.o", "sampled.bpf.o",
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(names); i++) {
		eu_auto_json json_t *first = json_of(names[i]), *second = NULL;
		eu_auto_package struct eu_package *pkg = NULL;
		struct eu_error err = { 0 };

		if (parse_json(first, NULL, &pkg, &err))
			fail_msg("%s: %s", names[i], err.text);
		second = eu_package_json(pkg, &err);
		assert_true(json_equal(first, second));
	}
}

static void test_unknown_keys(void **state)
{
	static const char *const paths[] = {
		"top",
		"meta.mine",
		"meta.bpf_skel.mine",
		"meta.bpf_skel.maps.0.mine",
		"meta.bpf_skel.progs.0.mine",
		"meta.bpf_skel.data_sections.0.variables.0.mine",
		"meta.export_types.0.mine",
	};
	eu_auto_json json_t *first = json_of("anchors.bpf.o"), *second = NULL;
	eu_auto_json json_t *params = json_of("params.bpf.o");
	eu_auto_package struct eu_package *pkg = NULL;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(paths); i++)
		if (!strstr(paths[i], "variables"))
			put(first, paths[i], "{\"kept\": [1, true]}");
	assert_int_equal(parse_json(first, NULL, &pkg, NULL), 0);
	second = eu_package_json(pkg, NULL);
	assert_true(json_equal(first, second));

	eu_package_free(pkg);
	pkg = NULL;
	json_decref(second);
	put(params, paths[5], "\"kept\"");
	assert_int_equal(parse_json(params, NULL, &pkg, NULL), 0);
	second = eu_package_json(pkg, NULL);
	assert_true(json_equal(params, second));
}

#define SKEL "meta.bpf_skel."
#define VAR SKEL "data_sections.0.variables.0."

/* What may stand in a package although nobody would write it now. */
static void test_tolerated(void **state)
{
	static const struct {
		const char *path, *value;
	} rows[] = {
		{ SKEL "maps", "null" },
		{ SKEL "progs", "null" },
		{ SKEL "maps", NULL },
		{ SKEL "data_sections", "[]" },
		{ "meta.eunomia_version", NULL },
		{ VAR "description", "100" },
		{ VAR "size", "3" },
		{ VAR "cmdarg", "null" },
		{ VAR "name", "\"__eunomia_dummy_event_ptr\"" },
		{ SKEL "progs.0.link", "false" },
		{ "meta.export_types", "{\"structs\": []}" },
		{ "meta.perf_buffer_pages", "\"many\"" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		eu_auto_json json_t *j = json_of("params.bpf.o");
		eu_auto_package struct eu_package *pkg = NULL;
		struct eu_error err = { 0 };

		put(j, rows[i].path, rows[i].value);
		if (parse_json(j, NULL, &pkg, &err))
			fail_msg("%s: %s", rows[i].path, err.text);
		/* The object still says what there is. */
		assert_non_null(eu_package_var(pkg, "p_u8"));
		assert_int_equal(pkg->n_progs, 1);
		assert_false(pkg->progs[0].manual);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *object, *path, *value, *error;
		int code;
	} rows[] = {
		{ "params", "meta", NULL,
		  "'p' is no package: it must have 'bpf_object' and 'meta'" },
		{ "params", "bpf_object", NULL,
		  "'p' is no package: it must have 'bpf_object' and 'meta'" },
		{ "params", "meta.bpf_skel", NULL,
		  "'p': the metadata has no object 'bpf_skel'" },
		{ "params", "bpf_object_size", NULL,
		  "'p': 'bpf_object_size' is missing or no size" },
		{ "params", "bpf_object_size", "-1",
		  "'p': 'bpf_object_size' is missing or no size" },
		{ "params", "bpf_object_size", "7",
		  "'p': 'bpf_object': has more than the stated 7 bytes" },
		{ "params", "bpf_object_size", "99999999999",
		  "'p': 'bpf_object_size' is 99999999999; 64 MiB are allowed",
		  -E2BIG },
		{ "params", "bpf_object", "\"QUJD*\"",
		  "'p': 'bpf_object': '*' at offset 4 is not base64" },
		{ "params", "bpf_object", "\"QUJD\"",
		  "'p': 'bpf_object': compressed data is damaged: incorrect header check" },
		{ "params", "data_sz", "5",
		  "'p' is a package from before version 0.3: build it again from its source" },
		{ "params", SKEL "progs.0.name", "\"other\"",
		  "'p': the metadata names a program 'other' that the object does not have" },
		{ "params", SKEL "progs.0.name", NULL,
		  "'p': the metadata has a program without a name" },
		{ "params", SKEL "progs.0.attach", "\"xdp\"",
		  "'p': program 'on_kill' is in section 'tp/syscalls/sys_enter_kill' of the object, but the metadata says 'xdp'" },
		{ "params", SKEL "progs", "5", "'p': 'progs' must be a list" },
		{ "params", SKEL "maps.0.name", "\"other\"",
		  "'p': the metadata names a map 'other' that the object does not have" },
		{ "params", VAR "name", "\"other\"",
		  "'p': the metadata names a variable 'other' in section '.rodata' that the object does not have" },
		{ "params", SKEL "data_sections.0.name", "\".bss\"",
		  "'p': the metadata names a variable 'magic' in section '.bss' that the object does not have" },
		{ "params", VAR "cmdarg", "5",
		  "'p': variable 'magic': 'cmdarg' must be an object such as {\"long\": \"name\"}" },
		{ "params", VAR "cmdarg", "{\"short\": \"ab\"}",
		  "'p': variable 'magic': 'short' of 'cmdarg' must be one character" },
		{ "params", SKEL "progs.0.target", "5",
		  "'p': program 'on_kill': 'target' must be a string or a list of strings" },
		{ "anchors", SKEL "maps.0.sample", "{\"type\": \"pie\"}",
		  "'p': map 'rb': 'type' of 'sample' must be default_kv, log2_hist or linear_hist" },
		{ "anchors", SKEL "maps.0.sample", "{\"interval\": 0}",
		  "'p': map 'rb': 'interval' of 'sample' must be milliseconds above 0" },
		{ "anchors", SKEL "maps.0.sample", "true",
		  "'p': map 'rb': 'sample' must be an object such as {\"interval\": 1000}" },
		{ "anchors", SKEL "maps.0.export_config",
		  "{\"btf_type_id\": 99999}",
		  "'p': map 'rb': the btf_type_id of 'export_config' is not in the object's BTF" },
		{ "anchors", SKEL "maps.0.export_config", "\"some\"",
		  "'p': map 'rb': 'export_config' must be no_export, default, btf_type_id or custom_members" },
		{ "anchors", SKEL "maps.0.type", "\"other\"",
		  "'p': map 'rb': type 'other' is not in the object's BTF" },
		{ "anchors", "meta.export_types.0.name", "\"other\"",
		  "'p': the metadata exports a type 'other' that is not in the object's BTF" },
		{ "anchors", "meta.export_types.0.size", "21",
		  "'p': type 'point' has 8 bytes in the object, but the metadata says 21" },
		{ "anchors", "meta.export_types.0.members.1", NULL,
		  "'p': type 'point' has 2 members in the object, but the metadata says 1" },
		{ "anchors", "objects", "[]",
		  "'p': 'objects' must be an object by architecture" },
		{ "anchors", "objects", "{\"arm\": {}}",
		  "'p': 'objects', 'arm': 'bpf_object' is missing or no string" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		char name[32];
		eu_auto_json json_t *j = NULL;
		struct eu_package *pkg = NULL;
		struct eu_error err = { 0 };

		snprintf(name, sizeof(name), "%s.bpf.o", rows[i].object);
		j = json_of(name);
		put(j, rows[i].path, rows[i].value);
		assert_int_equal(parse_json(j, NULL, &pkg, &err),
				 rows[i].code ?: -EINVAL);
		assert_string_equal(err.text, rows[i].error);
		assert_null(pkg);
	}
}

static void test_not_packages(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *error;
	} rows[] = {
		{ "", 0, "'p' is empty" },
		{ " \n", 2,
		  "'p' is no package: neither a BPF object nor JSON, YAML or tar" },
		{ "hello", 5,
		  "'p' is no package: neither a BPF object nor JSON, YAML or tar" },
		{ "\x80\x81\x82\x83\x84\x85\x86\x87", 8,
		  "'p' is no package: neither a BPF object nor JSON, YAML or tar" },
		{ "{", 1,
		  "'p': line 1, column 1: string or '}' expected near end of file" },
		{ "[1]", 3, "'p' is no package: no object at the top" },
		{ "{}", 2,
		  "'p' is no package: it must have 'bpf_object' and 'meta'" },
		{ "{\"bpf_skel\":{}}", 15,
		  "'p' is metadata without its object (a NAME.skel.json): give its package.json" },
		{ "\0asm\1\0\0\0", 8, "'p' is a Wasm module, no package" },
		{ "\x1f\x8b\b\0", 4,
		  "'p' is compressed by gzip: unpack it first" },
		{ "<!DOCTYPE html>", 15,
		  "'p' is an HTML or XML page, no package" },
		{ "\x7f"
		  "ELF",
		  4, NULL },
		{ "bpf_object: [\n", 14, NULL },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		struct eu_package *pkg = NULL;
		struct eu_error err = { 0 };

		assert_int_equal(eu_package_parse(rows[i].bytes, rows[i].len,
						  "p", NULL, &pkg, &err),
				 -EINVAL);
		if (rows[i].error)
			assert_string_equal(err.text, rows[i].error);
		assert_non_null(strstr(err.text, "'p'"));
	}
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

static void test_deep(void **state)
{
	static const char *const opening[] = { "[", "{\"a\":", "- ", "? " };
	struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(opening); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(1 << 20);

		if (i > 1)
			eu_buf_puts(&b, "bpf_object:\n ");
		for (int k = 0; k < 100000; k++)
			eu_buf_puts(&b, opening[i]);
		assert_true(eu_package_parse(b.data, b.len, "p", NULL, &pkg,
					     &err) < 0);
		assert_null(strchr(err.text, '\n'));
	}
}

static void test_too_many_values(void **state)
{
	eu_auto_buf struct eu_buf b = EU_BUF(8 << 20);
	struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	(void)state;
	eu_buf_puts(&b, "{\"a\":[1");
	for (int i = 0; i < 2000000; i++)
		eu_buf_puts(&b, ",1");
	eu_buf_puts(&b, "]}");
	assert_int_equal(eu_package_parse(b.data, b.len, "p", NULL, &pkg, &err),
			 -E2BIG);
	assert_string_equal(err.text, "'p' has too many values for a package");
}

static void test_left_out(void **state)
{
	eu_auto_json json_t *j = json_of("exec.bpf.o");
	eu_auto_package struct eu_package *pkg = NULL;
	json_t *progs = json_object_get(
		json_object_get(json_object_get(j, "meta"), "bpf_skel"), "progs");
	eu_auto_free char *gone = NULL;

	(void)state;
	assert_true(json_array_size(progs) > 1);
	gone = strdup(eu_json_str(json_array_get(progs, 0), "name"));
	json_array_remove(progs, 0);
	assert_int_equal(parse_json(j, NULL, &pkg, NULL), 0);
	for (size_t i = 0; i < pkg->n_progs; i++)
		assert_int_equal(pkg->progs[i].manual,
				 !strcmp(pkg->progs[i].name, gone));
}

/* A type id that is off, as after another compiler: the name finds it. */
static void test_type_by_name(void **state)
{
	eu_auto_json json_t *j = json_of("anchors.bpf.o");
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	(void)state;
	put(j, "meta.export_types.1.type_id", "1");
	if (parse_json(j, NULL, &pkg, &err))
		fail_msg("%s", err.text);
	assert_string_equal(pkg->exports[1].name, "event");
	assert_int_equal(pkg->exports[1].type_id,
			 btf__find_by_name_kind(pkg->btf, "event",
						BTF_KIND_STRUCT));
}

/* Structs of eight of the one before: to look at all would take years. */
static void test_types_that_multiply(void **state)
{
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 16);
	struct eu_export exports[2] = { 0 };
	struct eu_package pkg = { .exports = exports, .n_exports = 2 };
	struct eu_map map = { 0 };

	(void)state;
	eu_buf_puts(&b, "int int 4\nstruct other 4 a:1@0\n");
	for (int i = 2; i < 18; i++) {
		eu_buf_printf(&b, "struct s%d 4", i);
		for (int k = 0; k < 8; k++)
			eu_buf_printf(&b, " m%d:%d@0", k, i == 2 ? 1 : i);
		eu_buf_putc(&b, '\n');
	}
	pkg.btf = text_to_btf(eu_buf_str(&b), NULL);
	exports[0].type_id = 2;
	exports[1].type_id = btf__type_cnt(pkg.btf) - 1;
	alarm(20);
	assert_int_equal(eu_types_of_map(&pkg, &map), 2);
	alarm(0);
	btf__free(pkg.btf);
}

/* Numbers that are typed: decimal or, after 0x, hexadecimal; never octal. */
static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		int32_t v;
	} cases[] = {
		{ "010", 10 }, { "08", 8 },    { "-010", -10 },
		{ "+09", 9 },  { "0x10", 16 }, { "-0x10", -16 },
	};
	struct btf *btf = text_to_btf("int int 4", NULL);
	struct eu_var var = { .name = (char *)"v",
			      .type = (char *)"int",
			      .type_id = 1,
			      .size = 4 };
	struct eu_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_free char *text = NULL;
		struct eu_target *t = NULL;
		int64_t n = 0;
		int32_t v = 0;

		if (eu_param_parse(btf, &var, cases[i].text, &v, &err))
			fail_msg("%s", err.text);
		assert_int_equal(v, cases[i].v);
		assert_true(asprintf(&text, "x,n=%s", cases[i].text) > 0);
		assert_int_equal(eu_target_parse(text, &t, &err), 0);
		if (eu_target_number(t, "n", -100, 100, 0, &n, &err))
			fail_msg("%s", err.text);
		assert_int_equal(n, cases[i].v);
		eu_target_free(t);
	}
	btf__free(btf);
}

static void test_archs(void **state)
{
	static const struct {
		const char *object, *own, *want;
		int code;
	} rows[] = {
		{ "anchors", "x86", "x86", 0 },
		{ "anchors", "x86", "arm64", 0 },
		{ "anchors", "x86", "s390", -ENOTSUP },
		{ "kprobe", "x86", "x86", 0 },
		{ "kprobe", "x86", "arm64", -ENOTSUP },
		{ "kprobe", NULL, "arm64", 0 },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		char name[32];
		eu_auto_json json_t *j = NULL;
		struct eu_package *pkg = NULL;
		struct eu_error err = { 0 };

		snprintf(name, sizeof(name), "%s.bpf.o", rows[i].object);
		j = json_of(name);
		if (rows[i].own)
			json_object_set_new(j, "arch", json_string(rows[i].own));
		assert_int_equal(parse_json(j, rows[i].want, &pkg, &err),
				 rows[i].code);
		if (rows[i].code)
			assert_non_null(strstr(err.text, "for x86") ?:
						strstr(err.text, "little-endian"));
		assert_int_equal(!pkg, rows[i].code != 0);
		eu_package_free(pkg);
	}
}

static void test_choose_object(void **state)
{
	eu_auto_package struct eu_package *first = from_object("kprobe.bpf.o");
	eu_auto_package struct eu_package *other = from_object("kprobe.bpf.o");
	eu_auto_package struct eu_package *pkg = NULL;
	eu_auto_json json_t *j = NULL, *again = NULL;
	struct eu_error err = { 0 };

	(void)state;
	first->object->arch = strdup("x86");
	/* One byte of padding tells them apart. */
	other->object->data = realloc(other->object->data,
				      other->object->size + 1);
	((char *)other->object->data)[other->object->size] = 0;
	assert_int_equal(eu_package_add_object(first, "arm64", other->object->data,
					       other->object->size + 1, NULL),
			 0);
	j = eu_package_json(first, NULL);
	if (parse_json(j, "arm64", &pkg, &err))
		fail_msg("%s", err.text);
	assert_string_equal(pkg->object->arch, "arm64");
	assert_int_equal(pkg->object->size, first->objects[0].size + 1);
	assert_int_equal(pkg->n_objects, 2);
	again = eu_package_json(pkg, NULL);
	assert_true(json_equal(j, again));

	eu_package_free(pkg);
	pkg = NULL;
	assert_int_equal(parse_json(j, "riscv", &pkg, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "is for x86 and arm64, and its program"));
	assert_non_null(strstr(err.text, "build it with 'ecc --arch riscv'"));
}

/* A package whose object for x86 comes first, and is cut, then one for arm64. */
static json_t *first_is(const char *name, size_t size)
{
	eu_auto_package struct eu_package *first = from_object(name);
	eu_auto_package struct eu_package *second = from_object("anchors.bpf.o");
	json_t *j, *meta;

	first->object->arch = strdup("x86");
	assert_int_equal(eu_package_add_object(first, "arm64",
					       second->object->data,
					       second->object->size, NULL),
			 0);
	if (size)
		first->object->size = size;
	j = eu_package_json(first, NULL);
	meta = eu_package_meta(second, NULL);
	json_object_set_new(j, "meta", meta);
	return j;
}

static void test_other_objects_stay_packed(void **state)
{
	eu_auto_json json_t *j = first_is("anchors.bpf.o", 64), *again = NULL;
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };
	const char *type;

	(void)state;
	/* It is cut, and then no base64: nobody looks. */
	put(j, "bpf_object", "\"*\"");
	if (parse_json(j, "arm64", &pkg, &err))
		fail_msg("%s", err.text);
	assert_null(pkg->objects[0].data);
	assert_non_null(pkg->object->data);
	again = eu_package_json(pkg, NULL);
	assert_true(json_equal(j, again));
	eu_package_free(pkg);
	pkg = NULL;
	assert_int_equal(parse_json(j, "x86", &pkg, &err), -EINVAL);
	assert_non_null(strstr(
		err.text, "'p': 'bpf_object': '*' at offset 0 is not base64"));
	/* But type ids without names are those of the first object. */
	type = "{\"btf_type_id\": 1}";
	put(j, SKEL "maps.0.export_config", type);
	assert_int_equal(parse_json(j, "arm64", &pkg, &err), -EINVAL);
	assert_non_null(strstr(
		err.text, "'p': 'bpf_object': '*' at offset 0 is not base64"));
}

static void test_first_object_damaged(void **state)
{
	eu_auto_json json_t *j = first_is("kprobe.bpf.o", 64);
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	(void)state;
	put(j, SKEL "maps.0.export_config", "{\"btf_type_id\": 1}");
	assert_int_equal(parse_json(j, "arm64", &pkg, &err), -EINVAL);
	assert_non_null(
		strstr(err.text, "'p': 'bpf_object': the ELF file is damaged"));
}

/* Its metadata's type ids mean nothing then, least of all in another's BTF. */
static void test_first_object_without_btf(void **state)
{
	static const char *const configs[] = {
		"{\"btf_type_id\": 1}",
		"{\"custom_members\": [{\"name\": \"a\", \"offset\": 0, \"btf_type_id\": 1}]}",
	};
	struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < EU_COUNT(configs); i++) {
		eu_auto_json json_t *j = first_is("old_maps.bpf.o", 0);

		put(j, SKEL "maps.0.export_config", configs[i]);
		/* It has no such maps of its own. */
		assert_int_equal(parse_json(j, "arm64", &pkg, &err), -EINVAL);
		assert_non_null(strstr(err.text, "is not in the object's BTF"));
		assert_null(pkg);
	}
}

static void test_metadata(void **state)
{
	eu_auto_json json_t *j = json_of("anchors.bpf.o");
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };
	const struct eu_map *m;

	(void)state;
	put(j, SKEL "maps.0.sample",
	    "{\"interval\": 250, \"type\": \"log2_hist\", \"unit\": \"ms\", \"clear_map\": false}");
	put(j, SKEL "maps.0.type", "\"struct point\"");
	put(j, SKEL "maps.0.intepreter", "{\"stack_trace\": {}}");
	put(j, SKEL "progs.0.target", "[\"a\", \"b\"]");
	put(j, SKEL "doc", "{\"brief\": \"B\", \"version\": 2}");
	put(j, "meta.export_types.0.export", "true");
	put(j, "meta.perf_buffer_pages", "8");
	if (parse_json(j, NULL, &pkg, &err))
		fail_msg("%s", err.text);
	m = eu_package_map(pkg, "rb");
	assert_int_equal(m->sample, EU_SAMPLE_LOG2);
	assert_int_equal(m->interval_ms, 250);
	assert_string_equal(m->unit, "ms");
	assert_true(m->keep);
	assert_true(m->stack_trace);
	assert_int_equal(m->export_type_id,
			 btf__find_by_name_kind(pkg->btf, "point",
						BTF_KIND_STRUCT));
	assert_int_equal(pkg->progs[0].n_targets, 2);
	assert_string_equal(pkg->progs[0].targets[1], "b");
	assert_string_equal(pkg->brief, "B");
	assert_string_equal(pkg->version, "2");
	assert_true(pkg->exports[0].marked);
	assert_int_equal(pkg->perf_pages, 8);
}

static void test_forms(void **state)
{
	eu_auto_json json_t *j = json_of("params.bpf.o"), *back = NULL;
	eu_auto_free char *yaml = NULL, *text = NULL, *tar = NULL;
	struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };
	size_t len;

	(void)state;
	yaml = eu_yaml_write(j, &len);
	if (eu_package_parse(yaml, len, "p", NULL, &pkg, &err))
		fail_msg("%s", err.text);
	back = eu_package_json(pkg, NULL);
	assert_true(json_equal(j, back));
	eu_package_free(pkg);
	pkg = NULL;

	text = json_dumps(j, JSON_INDENT(4));
	len = strlen(text);
	tar = calloc(1, len + 4096);
	tar_entry(tar, "./package.json", '0', "");
	/* The size is octal, so is the sum. */
	snprintf(tar + 124, 12, "%011zo", len);
	memset(tar + 148, ' ', 8);
	unsigned int sum = 0;
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)tar[i];
	snprintf(tar + 148, 8, "%06o", sum);
	memcpy(tar + 512, text, len);
	if (eu_package_parse(tar, len + 4096, "p", NULL, &pkg, &err))
		fail_msg("%s", err.text);
	assert_int_equal(pkg->n_progs, 1);
	eu_package_free(pkg);
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_bad),
		cmocka_unit_test(test_base64_lines),
		cmocka_unit_test(test_zlib),
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_object_vars),
		cmocka_unit_test(test_object_offsets),
		cmocka_unit_test(test_object_maps),
		cmocka_unit_test(test_object_anchors),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_unknown_keys),
		cmocka_unit_test(test_tolerated),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_not_packages),
		cmocka_unit_test(test_cut_object),
		cmocka_unit_test(test_large_objects),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_too_many_values),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_type_by_name),
		cmocka_unit_test(test_types_that_multiply),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_archs),
		cmocka_unit_test(test_choose_object),
		cmocka_unit_test(test_other_objects_stay_packed),
		cmocka_unit_test(test_first_object_damaged),
		cmocka_unit_test(test_first_object_without_btf),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_forms),
	};

	libbpf_set_print(silent);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
