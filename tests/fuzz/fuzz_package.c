/* SPDX-License-Identifier: MIT */
/*
 * A package in any of its forms: the input is given to the reader as it is.
 * If it begins with "part", what follows is
 *
 *	u32 bytes of the object, the object, its metadata as JSON
 *
 * which gets past compression. A package that was read can be written, and
 * what was written can be read.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "pkg/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

/* Reading what was written must not fail. */
static void write_and_read(const struct eu_package *pkg)
{
	eu_auto_package struct eu_package *again = NULL;
	eu_auto_json json_t *j = eu_package_json(pkg, NULL);
	eu_auto_free char *text = NULL;
	struct eu_error err = { 0 };
	size_t len = 0;

	/* Text that is not UTF-8 cannot be written. */
	text = j ? eu_json_write(j, &len) : NULL;
	if (!text)
		return;
	if (eu_package_parse(text, len, "again", NULL, &again, &err) &&
	    err.code != -ENOTSUP && err.code != -E2BIG)
		abort();
}

static void try_parts(const uint8_t *data, size_t size)
{
	eu_auto_package struct eu_package *pkg = NULL;
	eu_auto_json json_t *meta = NULL;
	eu_auto_free void *copy = NULL;
	uint32_t len;

	if (size < sizeof(len))
		return;
	memcpy(&len, data, sizeof(len));
	data += sizeof(len);
	size -= sizeof(len);
	len = eu_min((size_t)len, size);
	/* A copy of its own, so that reading behind it is seen. */
	copy = malloc(len ?: 1);
	if (!copy)
		return;
	memcpy(copy, data, len);
	if (eu_package_from_object(copy, len, "fuzz.bpf.o", NULL, &pkg, NULL))
		return;
	meta = eu_json_read((const char *)data + len, size - len, NULL);
	if (!meta || !eu_package_apply(pkg, meta, pkg->btf, NULL))
		write_and_read(pkg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	libbpf_set_print(silent);
	if (size > 4 && !memcmp(data, "part", 4)) {
		try_parts(data + 4, size - 4);
		return 0;
	}
	if (!eu_package_parse(data, size, "fuzz", NULL, &pkg, &err))
		write_and_read(pkg);
	else if (!*err.text || err.code >= 0)
		abort();
	return 0;
}
