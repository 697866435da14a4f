/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "btf/layout.h"
#include "out/sink.h"
#include "pkg/describe.h"
#include "pkg/package.h"
#include "pkg/param.h"
#include "pkg/target.h"

#include "nomem.h"

static char *object;
static size_t object_size;

static int read_object(void **state)
{
	const char *dir = getenv("BUILD");
	eu_auto_free char *path = NULL;

	(void)state;
	path = eu_path_join(dir ?: "build", "tests/obj/exec.bpf.o");
	return eu_file_read(path, 1 << 20, &object, &object_size, NULL);
}

static int free_object(void **state)
{
	(void)state;
	free(object);
	return 0;
}

static int target(void)
{
	struct eu_target *t = NULL;
	int r;

	r = eu_target_parse("prog=/bin/sh:main,pid=1,cookie=2", &t, NULL);
	eu_target_free(t);
	return r;
}

static int json(void)
{
	static const char text[] = "{\"a\":[1,18446744073709551615],\"b\":\"c\"}";
	struct eu_error err = { 0 };
	json_t *j = eu_json_read(text, strlen(text), &err);
	char *s;

	if (!j)
		return -ENOMEM;
	s = eu_json_write(j, NULL);
	json_decref(j);
	free(s);
	return s ? 0 : -ENOMEM;
}

static int yaml(void)
{
	static const char text[] = "a: [1, two, {b: c}]\nd: 'e'\n";
	struct eu_error err = { 0 };
	json_t *j = eu_yaml_read(text, strlen(text), &err);
	char *s;

	if (!j)
		return -ENOMEM;
	s = eu_yaml_write(j, NULL, NULL);
	json_decref(j);
	free(s);
	return s ? 0 : -ENOMEM;
}

static int package(void)
{
	struct eu_error err = { 0 };
	struct eu_package *p = NULL;
	json_t *j = NULL;
	int r;

	r = eu_package_parse(object, object_size, "exec.bpf.o", NULL, &p, &err);
	if (!r)
		j = eu_package_json(p, &err);
	if (!r && !j)
		r = -ENOMEM;
	json_decref(j);
	eu_package_free(p);
	return r;
}

static char *described; /* when there was memory */

static int describe(void)
{
	struct eu_error err = { 0 };
	struct eu_package *p = NULL;
	json_t *j = NULL;
	char *text = NULL;
	int r;

	r = eu_package_parse(object, object_size, "exec.bpf.o", NULL, &p, &err);
	if (!r)
		j = eu_package_describe(p, &err);
	if (j)
		text = eu_json_write(j, NULL);
	json_decref(j);
	eu_package_free(p);
	if (!described) {
		described = text;
	} else if (text && strcmp(text, described)) {
		print_error("'%s' is not '%s'\n", text, described);
		r = -EIO;
	}
	if (text != described)
		free(text);
	return r ? r : text ? 0 : -ENOMEM;
}

static int flags(void)
{
	struct eu_error err = { 0 };
	struct eu_package *p = NULL;
	struct eu_flags f = { 0 };
	int r;

	r = eu_package_parse(object, object_size, "exec.bpf.o", NULL, &p, &err);
	if (!r) {
		r = eu_flags_new(p, &f, &err);
		eu_flags_done(&f);
	}
	eu_package_free(p);
	return r;
}

static int drop(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	(void)data;
	(void)len;
	return 0;
}

static int show(struct eu_package *p, struct eu_layout *l, const char *format)
{
	struct eu_stream st = { .name = "rb", .value = l };
	char zeros[4096] = "";
	struct eu_record r = { .stream = &st,
			       .data = zeros,
			       .size = eu_min(l->size, 4096u) };
	struct eu_sink s;
	int ret;

	(void)p;
	ret = eu_sink_init(&s, format, drop, NULL, NULL);
	if (ret)
		return ret;
	ret = eu_sink_begin(&s, &st, NULL);
	if (!ret) {
		eu_sink_record(&s, &r);
		ret = eu_sink_flush(&s);
	}
	eu_sink_finish(&s, &st);
	eu_sink_done(&s);
	return ret;
}

static int sinks(void)
{
	struct eu_error err = { 0 };
	struct eu_package *p = NULL;
	struct eu_layout *l = NULL;
	int id, r;

	r = eu_package_parse(object, object_size, "exec.bpf.o", NULL, &p, &err);
	if (r)
		return r;
	id = btf__find_by_name_kind(p->btf, "event", BTF_KIND_STRUCT);
	r = id < 0 ? -ENOENT : eu_layout_new(p->btf, id, &l, &err);
	for (size_t i = 0; !r && eu_sink_kind(i); i++)
		r = show(p, l, eu_sink_kind(i)->name);
	eu_layout_free(l);
	eu_package_free(p);
	return r;
}

static const struct scenario scenarios[] = {
	{ "target", target },	{ "json", json },   { "yaml", yaml },
	{ "package", package }, { "flags", flags }, { "describe", describe },
	{ "sinks", sinks },
};

static void survives_any_failure(void **state)
{
	(void)state;
	survive_any_failure(scenarios, EU_COUNT(scenarios));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_any_failure),
	};

	return cmocka_run_group_tests(tests, read_object, free_object);
}
