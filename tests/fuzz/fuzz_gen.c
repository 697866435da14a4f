/* SPDX-License-Identifier: MIT */
/*
 * What is generated of an object: the input is an ELF file, or BTF alone, which
 * gets past more of the reader. Whatever can be written is text.
 */

#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "gen/printers.h"
#include "gen/skeleton.h"
#include "gen/wit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

typedef int write_fn(const struct eu_package *pkg, struct eu_buf *out,
		     struct eu_error *err);

static void write_all(const struct eu_package *pkg)
{
	static write_fn *const writers[] = { eu_skeleton_write, eu_skeleton_types,
					     eu_printers_write, eu_wit_write };

	for (size_t i = 0; i < EU_COUNT(writers); i++) {
		eu_auto_buf struct eu_buf out = EU_BUF(16u << 20);
		struct eu_error err = { 0 };
		int r = writers[i](pkg, &out, &err);

		if (r ? !*err.text : memchr(out.data, 0, out.len) != NULL)
			abort();
	}
}

/* A copy of its own, so that reading behind it is seen. */
static void btf_alone(const uint8_t *data, size_t size)
{
	char name[] = "alone";
	struct eu_object none = { .data = name, .size = 1 };
	struct eu_package pkg = { .name = name, .origin = name, .object = &none };
	eu_auto_free void *copy = malloc(size);

	if (!copy)
		return;
	memcpy(copy, data, size);
	pkg.btf = btf__new(copy, (uint32_t)size);
	if (pkg.btf)
		write_all(&pkg);
	btf__free(pkg.btf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_error err = { 0 };

	libbpf_set_print(silent);
	if (!size)
		return 0;
	if (data[0] != 0x7f)
		btf_alone(data, size);
	else if (!eu_package_from_object(data, size, "fuzz.bpf.o", NULL, &pkg,
					 &err))
		write_all(pkg);
	return 0;
}
