/* SPDX-License-Identifier: MIT */

/*
 * Types and a record of each: the input is
 *
 *	u32 bytes of BTF, raw BTF, the bytes of a record
 *
 * in this machine's byte order. Every type that has values is compiled and the
 * record goes through every sink.
 */

#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/json.h"
#include "out/sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_TYPES = 64, MAX_RECORD = 1 << 16 };

static int quiet(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

/* A JSON line must be JSON. */
static int check_json(void *ctx, const void *data, size_t len)
{
	const bool *is_json = ctx;
	json_t *j;

	if (!*is_json)
		return 0;
	j = eu_json_read(data, len, NULL);
	if (!j)
		__builtin_trap();
	json_decref(j);
	return 0;
}

static void show(struct eu_layout *value, const void *data, size_t size)
{
	struct eu_stream st = { .name = "map", .value = value };
	struct eu_record r = { .stream = &st, .data = data, .size = size };
	struct eu_sink s;
	bool is_json;

	for (size_t i = 0; eu_sink_kind(i); i++) {
		is_json = !strcmp(eu_sink_kind(i)->name, "json");
		if (eu_sink_init(&s, eu_sink_kind(i)->name, check_json,
				 &is_json, NULL))
			__builtin_trap();
		if (!eu_sink_begin(&s, &st, NULL))
			eu_sink_record(&s, &r);
		eu_sink_flush(&s);
		eu_sink_finish(&s, &st);
		eu_sink_done(&s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eu_layout *l;
	struct btf *btf;
	uint32_t len;

	if (size < sizeof(len))
		return 0;
	memcpy(&len, data, sizeof(len));
	data += sizeof(len);
	size -= sizeof(len);
	len = eu_min((size_t)len, size);
	libbpf_set_print(quiet);
	btf = btf__new(data, len);
	if (!btf)
		return 0;
	data += len;
	size = eu_min(size - len, (size_t)MAX_RECORD);
	for (uint32_t id = 1;
	     id < eu_min(btf__type_cnt(btf), (uint32_t)MAX_TYPES); id++) {
		if (eu_layout_new(btf, id, &l, NULL))
			continue;
		show(l, data, size);
		eu_layout_free(l);
	}
	btf__free(btf);
	return 0;
}
