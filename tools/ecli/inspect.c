/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "pkg/describe.h"
#include "source.h"
#include "table.h"

enum { OPT_JSON, OPT_ARCH, OPT_HELP };

static const struct eu_option options[] = {
	{ 'j', "json", NULL, "print one JSON object", OPT_JSON },
	{ 0, "arch", "ARCH",
	  "of a package for several architectures, describe the object for ARCH: x86, arm64, arm, riscv, s390",
	  OPT_ARCH },
	SOURCE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static void print_head(const json_t *j, struct eu_buf *out)
{
	const json_t *objects = json_object_get(j, "objects");
	const char *about = eu_json_str(j, "brief") ?:
				    eu_json_str(j, "description");
	const char *version = eu_json_str(j, "version"), *since = NULL;
	json_t *item;
	size_t i;

	eu_buf_puts(out, eu_json_str(j, "name"));
	if (version)
		eu_buf_printf(out, " %s", version);
	if (about)
		eu_buf_printf(out, ": %s", about);
	eu_buf_puts(out, eu_json_true(j, "portable") ? "\nfor any machine" :
						       "\nfor");
	json_array_foreach (objects, i, item)
		if (!eu_json_true(j, "portable"))
			eu_buf_printf(out, "%s %s", i ? "," : "",
				      eu_json_str(item, "arch"));
	json_array_foreach (json_object_get(j, "needs"), i, item)
		since = since ?: eu_json_str(item, "since");
	if (since)
		eu_buf_printf(out, "; Linux %s or later", since);
	eu_buf_putc(out, '\n');
}

static void print_text(const json_t *j, struct eu_buf *out)
{
	static const struct table_column programs[] = {
		{ "name", "NAME" },	      { "section", "SECTION" },
		{ "targets", "TARGETS" },     { "instructions", "INSNS", true },
		{ "optional", "OPTIONAL" }, { "description", "DESCRIPTION" },
	}, maps[] = {
		{ "name", "NAME" },	      { "type", "TYPE" },
		{ "key", "KEY" },	      { "value", "VALUE" },
		{ "max_entries", "ENTRIES", true }, { "bytes", "BYTES", true },
		{ "shown_as", "SHOWN AS" },   { "record", "RECORD" },
		{ "description", "DESCRIPTION" },
	}, variables[] = {
		{ "name", "NAME" },	      { "type", "TYPE" },
		{ "section", "SECTION" },     { "flag", "FLAG" },
		{ "default", "DEFAULT" },     { "values", "VALUES" },	      { "help", "HELP" },
	}, members[] = {
		{ "name", "MEMBER" },	      { "type", "TYPE" },
		{ "offset", "OFFSET", true }, { "size", "SIZE", true },
		{ "format", "FORMAT" },
		{ "description", "DESCRIPTION" },
	}, needs[] = {
		{ "since", "LINUX" },	      { "kind", "KIND" },
		{ "name", "NAME" },	      { "for", "FOR" },
	};
	const struct {
		const char *key, *title;
		const struct table_column *columns;
		size_t n;
	} tables[] = {
		{ "programs", "Programs", programs, EU_COUNT(programs) },
		{ "maps", "Maps", maps, EU_COUNT(maps) },
		{ "variables", "Variables", variables, EU_COUNT(variables) },
		{ "needs", "Needs", needs, EU_COUNT(needs) },
	};
	json_t *item;
	size_t i;

	/* Of a map whose entries are bytes one number is enough. */
	json_array_foreach (json_object_get(j, "maps"), i, item)
		if (json_object_get(item, "bytes"))
			json_object_del(item, "max_entries");
	print_head(j, out);
	for (i = 0; i < EU_COUNT(tables); i++) {
		const json_t *list = json_object_get(j, tables[i].key);

		if (!json_array_size(list))
			continue;
		eu_buf_printf(out, "\n%s\n", tables[i].title);
		table_print(list, tables[i].columns, tables[i].n, "  ", out);
	}
	json_array_foreach (json_object_get(j, "records"), i, item) {
		eu_buf_printf(
			out, "\nRecord %s, %d bytes\n", eu_json_str(item, "name"),
			(int)json_integer_value(json_object_get(item, "size")));
		table_print(json_object_get(item, "members"), members,
			    EU_COUNT(members), "  ", out);
	}
}

/* An object that happens to run there is not the one that was asked for. */
static int no_object(const struct eu_package *pkg, const char *path,
		     const char *arch, struct eu_error *err)
{
	eu_error_set(err, -ENOENT,
		     "'%s' has no object for '%s'; there is one for", path, arch);
	for (size_t i = 0; i < pkg->n_objects; i++)
		eu_error_append(err, -ENOENT, "%s %s", i ? "," : "",
				pkg->objects[i].arch ?: "any");
	return fail(err);
}

/* Of an image what it is: its own words, and those of its manifest. */
static void print_image(const json_t *image, struct eu_buf *out)
{
	static const struct table_column layers[] = {
		{ "digest", "LAYER" },
		{ "size", "SIZE", true },
		{ "type", "TYPE" },
		{ "title", "TITLE" },
	};
	const char *platform = eu_json_str(image, "platform");
	const char *name;
	json_t *value;

	eu_buf_printf(out, "\nImage %s\n  %s, %llu bytes in all\n",
		      eu_json_str(image, "name"), eu_json_str(image, "digest"),
		      (unsigned long long)json_integer_value(
			      json_object_get(image, "size")));
	eu_buf_printf(out, "  %s%s%s\n", eu_json_str(image, "type"),
		      platform ? ", for " : "", platform ?: "");
	json_object_foreach (json_object_get(image, "annotations"), name, value) {
		if (json_is_string(value))
			eu_buf_printf(out, "  %s=%s\n", name,
				      json_string_value(value));
	}
	table_print(json_object_get(image, "layers"), layers, EU_COUNT(layers),
		    "  ", out);
}

static int inspect(const char *path, struct source *from, const char *arch,
		   bool json)
{
	eu_auto_package struct eu_package *pkg = NULL;
	eu_auto_buf struct eu_buf out = EU_BUF(64 << 20);
	eu_auto_json json_t *j = NULL;
	struct eu_error err;

	if (open_package(path, from, arch, &pkg, &err))
		return fail(&err);
	if (arch && pkg->object->arch && strcmp(arch, pkg->object->arch))
		return no_object(pkg, path, arch, &err);
	j = eu_package_describe(pkg, &err);
	if (!j)
		return fail(&err);
	if (*from->image)
		eu_json_put(&j, "image", source_describe(from));
	if (json)
		return print_whole(j);
	print_text(j, &out);
	if (*from->image)
		print_image(json_object_get(j, "image"), &out);
	put_foreign(eu_buf_str(&out) ?: "");
	return EXIT_DONE;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	const char *value[EU_COUNT(options)] = { 0 }, *path = NULL;
	struct source from = { 0 };
	int status = one_program(cmd, argc, argv, &path, value, &from);
	struct eu_error err;

	if (status < 0 && path) {
		status = inspect(path, &from, value[OPT_ARCH], value[OPT_JSON]);
	} else if (status < 0) {
		eu_error_set(&err, -EINVAL, "no package given");
		status = fail_usage(cmd, &err);
	}
	source_done(&from);
	return status;
}

const struct eu_command command_inspect = {
	.name = "inspect",
	.usage = "[OPTIONS] PACKAGE",
	.summary = "describe a package without loading it",
	.description =
		"Lists the programs, maps, variables and records of PACKAGE (any form that 'ecli run' takes), and what it needs of the kernel with the version of Linux that brought each; of an image in the store or a registry its digest, size, annotations and layers, too. Needs no rights.",
	.examples = "ecli inspect package.json\n"
		    "ecli inspect x.bpf.o -j | jq -r '.needs[].name'",
	.options = options,
	.names = true,
	.run = command,
};
