/* SPDX-License-Identifier: MIT */
#ifndef EU_TEST_PACKAGES_H
#define EU_TEST_PACKAGES_H

/* Packages to take apart: of what the build made of tests/obj, as JSON. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "base/file.h"
#include "pkg/package.h"

#define SKEL "meta.bpf_skel."

static inline char *read_object(const char *name, size_t *len)
{
	eu_auto_free char *path = NULL;
	struct eu_error err = { 0 };
	char *data;

	path = eu_path_join(TEST_OBJ, name);
	if (eu_file_read(path, 1 << 24, &data, len, &err))
		fail_msg("%s", err.text);
	return data;
}

static inline struct eu_package *from_object(const char *name)
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
static inline json_t *json_of(const char *name)
{
	eu_auto_package struct eu_package *pkg = from_object(name);
	json_t *j = eu_package_json(pkg, NULL);

	assert_non_null(j);
	return j;
}

static inline int parse_json(const json_t *j, const char *arch,
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
static inline void put(json_t *j, const char *path, const char *value)
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

static inline int silent(enum libbpf_print_level level, const char *fmt,
			 va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

#endif
