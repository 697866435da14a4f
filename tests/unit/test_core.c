/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <bpf/libbpf.h>

#include "btf/core.h"
#include "object_bytes.h"

/* Section .BTF.ext with a header and words of the caller's. */
static int with_ext(const struct ext_bytes *h, const __u32 *words, size_t n)
{
	struct btf *btf = text_to_btf("int int 4\n", NULL);
	struct eu_buf ext = EU_BUF(4096);
	struct eu_core core = EU_CORE;
	__u32 raw_len;
	const void *raw = btf__raw_data(btf, &raw_len);
	size_t len;
	char *elf;
	int r;

	eu_buf_put(&ext, h, sizeof(*h));
	eu_buf_put(&ext, words, n * sizeof(*words));
	elf = elf_from_sections(raw, raw_len, ext.data, ext.len, &len);
	r = eu_core_read(&core, elf, len, NULL);
	if (!r)
		assert_int_equal(core.n_relos, 0);
	eu_core_done(&core);
	free(elf);
	eu_buf_done(&ext);
	btf__free(btf);
	return r;
}

static void broken_ext(void **state)
{
	static const struct {
		const char *what;
		struct ext_bytes h;
		__u32 words[4];
		int code;
	} cases[] = {
		{ "no relocations at all", { BTF_MAGIC, 1, 0, 24 }, { 0 }, 0 },
		{ "an empty section", { BTF_MAGIC, 1, 0, 32 }, { 0 }, 0 },
		{ "records and no sections",
		  { BTF_MAGIC, 1, 0, 32, .core_len = 4 },
		  { 16 },
		  0 },
		{ "magic", { 0x9feb, 1, 0, 32 }, { 0 }, -EBADMSG },
		{ "version", { BTF_MAGIC, 2, 0, 32 }, { 0 }, -EBADMSG },
		{ "header outside", { BTF_MAGIC, 1, 0, 64 }, { 0 }, -EBADMSG },
		{ "relocations outside",
		  { BTF_MAGIC, 1, 0, 32, .core_off = 8, .core_len = 12 },
		  { 0 },
		  -EBADMSG },
		{ "lengths that wrap",
		  { BTF_MAGIC, 1, 0, 32, .core_off = 8, .core_len = -4u },
		  { 0 },
		  -EBADMSG },
		{ "half a size",
		  { BTF_MAGIC, 1, 0, 32, .core_len = 2 },
		  { 16 },
		  -EBADMSG },
		{ "small records",
		  { BTF_MAGIC, 1, 0, 32, .core_len = 12 },
		  { 12, 0, 0 },
		  -EBADMSG },
		{ "half a section",
		  { BTF_MAGIC, 1, 0, 32, .core_len = 8 },
		  { 16, 0 },
		  -EBADMSG },
		{ "too many records",
		  { BTF_MAGIC, 1, 0, 32, .core_len = 16 },
		  { 16, 0, 0x10000001 },
		  -EBADMSG },
		{ "records that wrap",
		  { BTF_MAGIC, 1, 0, 32, .core_len = 16 },
		  { 0x80000000, 0, 2 },
		  -EBADMSG },
	};
	int r;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		r = with_ext(&cases[i].h, cases[i].words, 4);
		if (r != cases[i].code)
			fail_msg("%s: %d", cases[i].what, r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_ext),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
