/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE

/*
 * An object and a kernel's BTF for the tailor. The input is
 *
 *	u32 bytes of the object, the object, the kernel's BTF
 *
 * where the object is an ELF file or, to get past that more often,
 *
 *	u32 bytes of section .BTF, section .BTF, section .BTF.ext
 *
 * in this machine's byte order. What libbpf takes for BTF has to be BTF still
 * when it was tailored.
 */

#include <stdio.h>
#include <sys/mman.h>
#include <bpf/libbpf.h>

#include "../unit/object_bytes.h"
#include "base/file.h"
#include "btf/tailor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first part of the input, which says how long it is. */
static const uint8_t *part(const uint8_t **data, size_t *size, size_t *ret_len)
{
	const uint8_t *p;
	uint32_t len;

	if (*size < sizeof(len))
		return NULL;
	memcpy(&len, *data, sizeof(len));
	p = *data + sizeof(len);
	*size -= sizeof(len);
	len = eu_min((size_t)len, *size);
	*size -= len;
	*data = p + len;
	*ret_len = len;
	return p;
}

/* An ELF file of its own, so that reading behind it is seen. */
static char *object_from(const uint8_t *p, size_t len, size_t *ret_len)
{
	const uint8_t *btf, *rest = p;
	size_t rest_len = len, btf_len;
	char *copy;

	if (len < SELFMAG || memcmp(p, ELFMAG, SELFMAG)) {
		btf = part(&rest, &rest_len, &btf_len);
		return btf ? elf_from_sections(btf, btf_len, rest, rest_len,
					       ret_len) :
			     NULL;
	}
	copy = malloc(len);
	if (copy)
		memcpy(copy, p, len);
	*ret_len = len;
	return copy;
}

static void check(const void *kernel, size_t len, const struct eu_buf *out)
{
	struct btf *before, *after;

	if (!out->len)
		return;
	after = btf__new(out->data, out->len);
	if (!after) {
		before = btf__new(kernel, len);
		if (before)
			abort();
		btf__free(before);
	}
	btf__free(after);
}

static void tailor(const char *object, size_t object_len, const void *kernel,
		   size_t len)
{
	eu_auto_close int fd = memfd_create("kernel", MFD_CLOEXEC);
	eu_auto_buf struct eu_buf out = EU_BUF(32 << 20);
	char path[EU_TAILOR_PATH];
	struct eu_tailor_opts opts = {
		.object = object,
		.object_size = object_len,
		.btf_path = path,
	};
	struct eu_error err;

	eu_tailor_path(path, fd);
	if (eu_write_all(fd, kernel, len))
		return;
	if (!eu_tailor_write(&opts, &out, &err))
		check(kernel, len, &out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len, object_len;
	const uint8_t *p = part(&data, &size, &len);
	char *object;

	libbpf_set_print(NULL);
	object = p ? object_from(p, len, &object_len) : NULL;
	if (object)
		tailor(object, object_len, data, size);
	free(object);
	return 0;
}
