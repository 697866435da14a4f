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

#include "base/buf.h"
#include "packages.h"
#include "tar_bytes.h"

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
		  "'p': map 'rb': 'type' of 'sample' must be default_kv, log2_hist, linear_hist or hist" },
		{ "anchors", SKEL "maps.0.sample", "{\"interval\": -1}",
		  "'p': map 'rb': 'interval' of 'sample' must be milliseconds, or 0: at the end" },
		{ "anchors", SKEL "maps.0.sample", "{\"cpus\": \"each\"}",
		  "'p': map 'rb': 'cpus' of 'sample' must be sum or list" },
		{ "anchors", SKEL "maps.0.sample", "{\"sort\": [\"n\"]}",
		  "'p': map 'rb': 'sort' of 'sample' must be names such as \"-times,pid\"" },
		{ "anchors", SKEL "maps.0.sample", "{\"top\": 0}",
		  "'p': map 'rb': 'top' of 'sample' must be a number of rows" },
		{ "anchors", SKEL "maps.0.sample", "true",
		  "'p': map 'rb': 'sample' must be an object such as {\"interval\": 1000}" },
		{ "anchors", SKEL "maps.0.export_config",
		  "{\"btf_type_id\": 99999}",
		  "'p': map 'rb': the btf_type_id of 'export_config' is not in the object's BTF" },
		{ "anchors", SKEL "maps.0.export_config", "\"some\"",
		  "'p': map 'rb': 'export_config' must be no_export, default, btf_type_id or custom_members" },
		{ "anchors", SKEL "maps.0.export_config",
		  "{\"custom_members\": [{\"name\": \"b\", \"offset\": 3, \"btf_type_id\": 2}, {\"name\": \"a\", \"offset\": 0, \"btf_type_id\": 2}]}",
		  "'p': map 'rb': custom member 'b' begins before 'a' ends" },
		{ "anchors", SKEL "maps.0.export_config",
		  "{\"custom_members\": [{\"name\": \"b\", \"offset\": 2147483647, \"btf_type_id\": 2}]}",
		  "'p': map 'rb': custom member 'b' has a type without values, or ends beyond 16 MiB" },
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
		{ "\0asm\1\0\0\0", 8,
		  "'p' is a Wasm module, no package: 'ecli run' runs it" },
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
	yaml = eu_yaml_write(j, &len, NULL);
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
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_unknown_keys),
		cmocka_unit_test(test_tolerated),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_not_packages),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_too_many_values),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_forms),
	};

	libbpf_set_print(silent);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
