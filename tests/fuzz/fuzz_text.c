/* SPDX-License-Identifier: MIT */

/*
 * What users write: an attach target, JSON and YAML, each out of the same
 * bytes. What was read as YAML is written and read again, and must be the same.
 */

#include <string.h>

#include "base/json.h"
#include "pkg/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void target(const char *text)
{
	static const char *const sections[] = {
		"xdp",	   "tc",     "uprobe",	   "usdt", "kprobe",
		"sockops", "socket", "perf_event", "tp"
	};
	struct eu_target *t;
	int64_t n;

	if (eu_target_parse(text, &t, NULL))
		return;
	for (size_t i = 0; i < EU_COUNT(sections); i++)
		eu_target_check(t, eu_section_find(sections[i]), NULL);
	eu_target_number(t, "pid", 1, 100, 0, &n, NULL);
	eu_target_free(t);
}

static void yaml(const char *text, size_t len)
{
	json_t *j = eu_yaml_read(text, len, NULL), *again;
	size_t n;
	char *s;

	if (!j)
		return;
	s = eu_yaml_write(j, &n, NULL);
	if (s) {
		again = eu_yaml_read(s, n, NULL);
		if (!again || !json_equal(j, again))
			__builtin_trap();
		json_decref(again);
	}
	free(s);
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct eu_error err;

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	target(text);
	json_decref(eu_json_read(text, size, &err));
	yaml(text, size);
	free(text);
	return 0;
}
