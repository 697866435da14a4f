/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
/*
 * What a hub says that it has, its index.json: of what is listed each has a name
 * that can be asked for, and no line of it is more than one.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "hub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char address[] = "file:///tmp/eu_fuzz_XXXXXX";
static char *dir = address + sizeof("file://") - 1;
static char *path;

static void clean_up(void)
{
	unlink(path);
	rmdir(dir);
	free(path);
}

static void check_line(const json_t *j)
{
	const char *text = json_string_value(j);

	assert(!j || text);
	for (; text && *text; text++)
		assert((unsigned char)*text >= ' ' && *text != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hubs h = { .address = { address }, .n = 1 };
	eu_auto_json json_t *list = json_array();
	struct hub_name name;
	struct eu_error err;
	json_t *tool, *version;
	size_t i, k;

	if (!path) {
		path = mkdtemp(dir) ? eu_path_join(dir, "index.json") : NULL;
		assert(path);
		atexit(clean_up);
	}
	assert(!eu_file_write(path, data, size, NULL));
	if (hub_list(&h, address, &list, &err))
		return 0;
	json_array_foreach (list, i, tool) {
		assert(hub_name_parse(eu_json_str(tool, "name"), &name));
		assert(!strcmp(name.name, eu_json_str(tool, "name")));
		check_line(json_object_get(tool, "version"));
		check_line(json_object_get(tool, "description"));
		json_array_foreach (json_object_get(tool, "versions"), k, version)
			check_line(version);
	}
	return 0;
}
