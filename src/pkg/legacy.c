/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "pkg/legacy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "pkg/package.h"
#include "pkg/zlib.h"

bool eu_legacy_is(const json_t *root)
{
	return json_is_string(json_object_get(root, "data")) &&
	       json_object_get(root, "data_sz") &&
	       !json_object_get(root, "bpf_object");
}

/* "data", unpacked, into "bpf_object". */
static int convert_object(const json_t *root, json_t *to, struct eu_error *err)
{
	const json_t *text = json_object_get(root, "data");
	eu_auto_buf struct eu_buf raw = EU_BUF(EU_PACKAGE_MAX_OBJECT);
	eu_auto_buf struct eu_buf packed = EU_BUF(EU_PACKAGE_MAX_FILE);
	eu_auto_buf struct eu_buf out = EU_BUF(EU_PACKAGE_MAX_FILE);
	uint64_t size;
	int r;

	r = eu_base64_decode(json_string_value(text), json_string_length(text),
			     &raw, err);
	if (r)
		return eu_error_prefix(err, r, "'data'");
	if (eu_json_u64(json_object_get(root, "data_sz"), &size) ||
	    size != raw.len)
		return eu_error_set(err, -EINVAL,
				    "'data' has %zu bytes, not the 'data_sz'",
				    raw.len);
	r = eu_zlib_deflate(raw.data, raw.len, &packed);
	if (r)
		return eu_error_set(err, r, "'data': %s", strerror(-r));
	eu_base64_encode(packed.data, packed.len, &out);
	if (out.error ||
	    json_object_set_new(to, "bpf_object",
				json_stringn(out.data, out.len)) ||
	    json_object_set_new(to, "bpf_object_size", json_integer(size)))
		return eu_error_oom(err);
	return 0;
}

/* "char [16]", as LLVM spells it, is "char[16]". */
static json_t *type_of(const json_t *field)
{
	const char *name = eu_json_str(field, "Type") ?: "";
	eu_auto_buf struct eu_buf b = EU_BUF(4096);

	for (; *name; name++)
		if (*name != ' ' || name[1] != '[')
			eu_buf_putc(&b, *name);
	return b.error ? NULL : json_stringn(b.data ?: "", b.len);
}

static json_t *members_of(const json_t *type)
{
	json_t *list = json_array(), *field, *one;
	size_t i;

	json_array_foreach (json_object_get(type, "Fields"), i, field) {
		one = json_pack("{s:s, s:o*}", "name",
				eu_json_str(field, "Name") ?: "", "type",
				type_of(field));
		if (!list || !one || json_array_append_new(list, one)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* The types beside the maps; the first of a name. */
static int convert_types(const json_t *root, json_t *types, struct eu_error *err)
{
	json_t *map, *type, *one;
	const char *name;
	uint64_t bits;
	size_t i;

	json_array_foreach (json_object_get(root, "maps"), i, map) {
		type = json_object_get(map, "export_data_types");
		name = eu_json_str(type, "Struct Name");
		if (!type)
			continue;
		if (!name ||
		    eu_json_u64(json_object_get(type, "DataSize"), &bits))
			return eu_error_set(
				err, -EINVAL,
				"'export_data_types' without 'Struct Name' or 'DataSize'");
		one = json_pack("{s:s, s:I, s:o}", "name", name, "size",
				(json_int_t)(bits / 8), "members",
				members_of(type));
		if (!one || json_array_append_new(types, one))
			return eu_error_oom(err);
	}
	return 0;
}

static int convert_programs(const json_t *root, json_t *progs,
			    struct eu_error *err)
{
	json_t *prog, *one;
	size_t i;

	json_array_foreach (json_object_get(root, "progs"), i, prog) {
		one = json_pack("{s:s}", "name", eu_json_str(prog, "name") ?: "");
		if (!one || json_array_append_new(progs, one))
			return eu_error_oom(err);
	}
	return 0;
}

/* Version 0.2 names the variables of sections, whose values may be given. */
static int convert_sections(const json_t *root, json_t *sections,
			    struct eu_error *err)
{
	const json_t *args = json_object_get(root, "runtime_args");
	json_t *map, *var, *vars, *one, *value;
	const char *name, *dot;
	size_t i, k;

	json_array_foreach (json_object_get(root, "maps"), i, map) {
		name = eu_json_str(map, "name");
		dot = name ? strchr(name, '.') : NULL;
		if (!dot || !json_object_get(map, "sec_data"))
			continue;
		vars = json_array();
		one = json_pack("{s:s, s:o}", "name", dot, "variables", vars);
		if (!one || json_array_append_new(sections, one))
			return eu_error_oom(err);
		json_array_foreach (json_object_get(map, "sec_data"), k, var) {
			name = eu_json_str(var, "name") ?: "";
			value = json_object_get(args, name);
			one = json_pack("{s:s, s:O*}", "name", name, "value",
					value);
			if (!one || json_array_append_new(vars, one))
				return eu_error_oom(err);
		}
	}
	return 0;
}

int eu_legacy_convert(const json_t *root, json_t **ret, struct eu_error *err)
{
	json_t *types = json_array(), *progs = json_array();
	json_t *sections = json_array();
	const char *version = eu_json_str(root, "version");
	const char *description = eu_json_str(root, "description");
	/* Takes what it is given, also when it fails. */
	eu_auto_json json_t *to = json_pack(
		"{s:{s:o, s:{s:s, s:o, s:o, s:{s:s*, s:s*}}}}", "meta",
		"export_types", types, "bpf_skel", "obj_name",
		eu_json_str(root, "name") ?: "package", "data_sections",
		sections, "progs", progs, "doc", "version", version,
		"description", description);
	int r;

	if (!to)
		return eu_error_oom(err);
	r = convert_object(root, to, err);
	if (!r)
		r = convert_types(root, types, err);
	if (!r)
		r = convert_programs(root, progs, err);
	if (!r)
		r = convert_sections(root, sections, err);
	if (!r)
		*ret = eu_take_ptr(to);
	return r;
}
