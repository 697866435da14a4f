/* SPDX-License-Identifier: MIT */
/*
 * What users set, against types that packages bring: the input is
 *
 *	u32 bytes of BTF, raw BTF, text
 *
 * in this machine's byte order. The text, and the JSON that it may be, is
 * written as every type that has a size, by every format; into as many bytes.
 */

#include <string.h>
#include <bpf/libbpf.h>

#include "pkg/literal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_TYPES = 64, MAX_VALUE = 1 << 16 };

static int quiet(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static void set(const struct btf *btf, uint32_t id, const char *text,
		const json_t *json)
{
	struct eu_literal_for f = { .btf = btf, .name = "variable" };
	int64_t size = btf__resolve_size(btf, id);
	struct eu_error err;
	void *value;

	if (size <= 0 || size > MAX_VALUE)
		return;
	for (int i = 0; i < EU_FORMAT_COUNT; i++) {
		f.format = i;
		value = calloc(1, size);
		if (value)
			eu_literal_parse(&f, id, text, value, &err);
		free(value);
		value = calloc(1, size);
		if (value && json)
			eu_literal_from_json(&f, id, json, value, &err);
		free(value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	eu_auto_json json_t *json = NULL;
	eu_auto_free char *text = NULL;
	struct btf *btf;
	uint32_t len;

	libbpf_set_print(quiet);
	if (size < sizeof(len))
		return 0;
	memcpy(&len, data, sizeof(len));
	data += sizeof(len);
	size -= sizeof(len);
	if (len > size)
		return 0;
	btf = btf__new(data, len);
	if (!btf)
		return 0;
	text = strndup((const char *)data + len, size - len);
	if (text)
		json = eu_json_read(text, strlen(text), NULL);
	for (uint32_t id = 1; text && id <= MAX_TYPES; id++)
		if (btf__type_by_id(btf, id))
			set(btf, id, text, json);
	btf__free(btf);
	return 0;
}
